import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createContract } from '../contract.ts';
import { locate, namesAt, operationsOf, readDocument, valueAt } from '../contract-document.ts';
import { ROOT, read, rowsIn } from '../documents.ts';
import { useStack } from '../support/stack/stack.ts';
import { createComparison } from './comparison.ts';
import { type Answer, examplesIn, parseAnswer } from './examples.ts';

const page = read('docs/api.md');
const CONTRACT = join(ROOT, 'docs', 'openapi.yaml');
const document = readDocument(CONTRACT);
/** How long the list of goals may lag, and a run may take. */
const PATIENCE_MS = 60_000;

describe('docs/api.md: examples', function () {
  this.timeout(300_000);
  // Runs make no tasks before the page shows one that has made them: what it shows of a run under way holds until then.
  const released = Promise.withResolvers<void>();
  // Without faults: the page shows what is answered when all is well.
  const stack = useStack(
    {},
    {
      async aroundTask({ stateName }, call) {
        if (stateName === 'GenerateTasks') await released.promise;
        return call();
      },
    },
  );
  after(() => released.resolve());

  it('answer what the page shows, every call of the contract among them', async () => {
    const contract = createContract(CONTRACT);
    const comparison = createComparison({ 'http://127.0.0.1:3000': stack().url });
    let variables: Readonly<Record<string, string>> = {};

    async function ask(command: string): Promise<Answer> {
      const called = command.replace('curl -si ', `curl -si -w '\\n%{method} %{url}' `);
      const output = await bash(called, variables);
      const [, method = '', url = ''] = /(\w+) (\S+)$/.exec(output) ?? [];
      const answer = parseAnswer(output.slice(0, output.lastIndexOf('\n')));
      const isJson = answer.headers.get('content-type')?.includes('json') === true;
      const body = answer.body === '' ? undefined : isJson ? JSON.parse(answer.body) : answer.body;
      contract.checkResponse(method, url.replace(stack().url, ''), answer.status, answer.headers, body);
      return answer;
    }

    for (const { command, shown } of examplesIn(page)) {
      const translated = comparison.translate(command);
      if (shown === undefined) {
        variables = { ...variables, ...(await assign(translated, variables)) };
        continue;
      }
      const isRead = !/ -X | --json /.test(command);
      if (shown.body.includes('"SUCCEEDED"')) released.resolve();
      let difference: string | undefined;
      for (const giveUpAt = performance.now() + PATIENCE_MS; ; await sleep(100)) {
        difference = comparison.difference(shown, await ask(translated));
        if (difference === undefined || !isRead || performance.now() > giveUpAt) break;
      }
      expect(difference, `${command}\n${difference}\n`).to.equal(undefined);
    }
    const succeeded = contract.exercised().filter(({ status }) => status < 300);
    const operations = operationsOf(document).map(({ operationId }) => operationId);
    expect([...new Set(succeeded.map(({ operationId }) => operationId))]).to.have.members(operations);
  });
});

async function bash(script: string, variables: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { env: { ...process.env, ...variables } });
  return stdout;
}

/** Runs assignments. @returns what the variables have got */
async function assign(script: string, variables: Readonly<Record<string, string>>) {
  const names = [...script.matchAll(/^(\w+)=/gm)].map(([, name = '']) => name);
  const values = (await bash([script, ...names.map((name) => `echo "$${name}"`)].join('\n'), variables)).split('\n');
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}

describe('docs/api.md: tables', () => {
  const rows = rowsIn(page).map((row) => row.map((cell) => cell.replaceAll('`', '')));

  it('explain every problem code of the contract with its status, and whether to repeat the request', () => {
    const problems = namesAt(document, ['components', 'schemas'])
      .filter((name) => name.endsWith('Problem'))
      .map((name) => ['components', 'schemas', name, 'properties'])
      .map((at) =>
        [valueAt(document, [...at, 'status', 'const']), valueAt(document, [...at, 'code', 'const'])].join(' '),
      );
    const explained = rows.filter(([status = '', code = '']) => /^\d{3}$/.test(status) && /^[a-z_]+$/.test(code));
    expect(explained.map(([status, code]) => `${status} ${code}`)).to.have.members(problems);
    const waiting = explained.filter(([, , , , repeat]) => repeat === 'same').map(([, code]) => code);
    const { value } = locate(document, ['components', 'headers', 'RetryAfter']);
    expect(String(value.description)).to.include('429 and 503').and.to.include('execution_cancelling');
    const answeredSo = explained.filter(
      ([status, code]) => /^(?:429|5\d\d)$/.test(status ?? '') || code === 'execution_cancelling',
    );
    expect(waiting).to.have.members(answeredSo.map(([, code]) => code));
  });

  it("explain the gateway's own answers, each with the words of the contract", () => {
    const messages = operationsOf(document).flatMap(({ at, statuses }) =>
      statuses.flatMap((status) => {
        const response = locate(document, [...at, 'responses', String(status)]);
        const examples = [...response.at, 'content', 'application/json', 'examples'];
        const message = valueAt(document, [...examples, 'gateway', 'value', 'message']);
        return message === undefined ? [] : [`${status} ${message}`];
      }),
    );
    const explained = rows.filter(([status = '', message = '']) => /^\d{3}$/.test(status) && /^[A-Z]/.test(message));
    const all = [...new Set([...messages, '404 Not Found'])];
    expect(explained.map(([status, message]) => `${status} ${message}`)).to.have.members(all);
  });

  const limitOf = (what: string) => rows.find(([first = '']) => first.startsWith(what))?.[1]?.replaceAll(',', '') ?? '';

  for (const [what, ...at] of [
    ['actions of a goal', 'schemas', 'NewGoal', 'properties', 'actions', 'maxItems'],
    ['title of a goal', 'schemas', 'NewTitle', 'maxLength'],
    ['description', 'schemas', 'Description', 'maxLength'],
    ['minutes of a task', 'schemas', 'Minutes', 'maximum'],
    ['reason of a cancel', 'schemas', 'Cancellation', 'properties', 'reason', 'maxLength'],
    ['Idempotency-Key', 'parameters', 'IdempotencyKey', 'schema', 'maxLength'],
    ['items of a page', 'parameters', 'Limit', 'schema', 'maximum'],
    ['items of a page', 'parameters', 'Limit', 'schema', 'default'],
  ] as const) {
    it(`give the limit of ${what} as the contract does (${at.at(-1)})`, () => {
      expect(limitOf(what).split(/\D+/)).to.include(String(valueAt(document, ['components', ...at])));
    });
  }

  for (const [what, path, told] of [
    ['tasks of an action', 'docs/openapi.yaml', /An action has at most (\d+) tasks/],
    ['body', 'docs/openapi.yaml', /larger than the gateway or the function takes \(10 MB and (\d+) MB\)/],
    ['executions of a user', 'modules/workflow/variables.ts', /MAX_RUNNING_EXECUTIONS = '(\d+)'/],
    ['time for an answer', 'modules/api/http-api.ts', /timeoutMilliseconds: (\d+)_000/],
    ['executions that are listed', 'lambdas/core/src/execution/records.ts', /HISTORY_DAYS = (\d+)/],
  ] as const) {
    it(`give the limit of ${what} as ${path} does`, () => {
      expect(/\d+/.exec(limitOf(what))?.[0]).to.equal(told.exec(read(path))?.[1] ?? 'none there');
    });
  }
});
