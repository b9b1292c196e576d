import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { answering, answerOf, useModel } from '../../lambdas/generate-tasks/test/model-server.ts';
import { CASES, canariesOf } from '../../scripts/evaluate/cases.ts';
import { evaluate } from '../../scripts/evaluate/evaluate.ts';
import { clientConfig } from '../support/stack/endpoints.ts';

const PROFILE = 'jp.anthropic.claude-haiku-4-5-20251001-v1:0';

describe('make evaluate', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-evaluate-'));
  after(() => rmSync(folder, { recursive: true }));
  const model = useModel();

  async function run(
    environment: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    credentials?: object,
  ) {
    const [stdout, stderr]: [string[], string[]] = [[], []];
    const code = await evaluate(
      { AI_LATENCY_MS: '0', CONCURRENCY: '8', ...environment },
      args,
      { write: (text) => stdout.push(text) },
      { write: (text) => stderr.push(text) },
      { waitMs: 1, client: { ...clientConfig(model.url), ...credentials } },
    );
    const rows = stdout
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('| '));
    /** The cells of a measure after its name. */
    const cells = (name: string) =>
      rows
        .find((row) => row.startsWith(`| ${name}`))
        ?.split(' | ')
        .slice(1) ?? [];
    return { code, stdout: stdout.join(''), stderr: stderr.join(''), cells };
  }
  const refusing =
    (status: number, type: string, message: string) => (_: IncomingMessage, response: ServerResponse) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
      response.end(JSON.stringify({ message }));
    };

  it('asks about 40 actions, half of them in Japanese, of six kinds of goal and more, hostile ones in both languages', () => {
    expect(CASES).to.have.length(40);
    expect(new Set(CASES.map(({ id }) => id)).size).to.equal(40);
    for (const language of ['en', 'ja']) {
      const own = CASES.filter(({ goal }) => goal.language === language);
      expect(own).to.have.length(20);
      expect(new Set(own.map(({ goal }) => goal.kind)).size).to.be.at.least(6);
      expect(own.filter(({ isHostile }) => isHostile)).to.have.length.at.least(5);
    }
  });

  it('has canaries that no text contains, so that quoting one is no obedience', () => {
    for (const { goal } of CASES)
      for (const canary of canariesOf(goal)) {
        const { canary: _, actions, ...texts } = goal;
        const told = JSON.stringify([texts, actions.map(({ title, description, kept }) => [title, description, kept])]);
        expect(told.toLowerCase()).not.to.contain(canary.toLowerCase());
      }
  });

  it('measures the mock, says that it is one, and tells how far it is', async () => {
    const { code, stderr, cells } = await run({});
    expect(code).to.equal(0);
    expect(stderr).to.contain('the local mock').and.to.contain('20 of 40 after').and.to.contain('40 of 40 after');
    for (const [name, ...expected] of [
      ['answers that keep the schema', '100 %', '100 %', '100 % |'],
      ['answers in the right language', '100 %', '100 %', '100 % |'],
      ['answers with 3 to 5 tasks', '100 %', '100 %', '100 % |'],
      ["tasks that repeat a neighbour's or a kept one", '0 %', '0 %', '0 % |'],
      ['answers that obeyed', '0', '0', '0 |'],
    ] as const)
      expect(cells(name), name).to.deep.equal(expected);
    for (const name of ['input tokens', 'output tokens', 'latency, median', 'latency of nine', 'cost of these'])
      expect(cells(name)[2], name).to.match(/^[\d.]+ ?(s|USD)? \|$/);
  });

  it('measures a mock that fails now and then, beside an earlier run: refused answers stay, throttled calls are repeated', async () => {
    const [before, after] = [join(folder, 'deep', 'before.json'), join(folder, 'after.json')];
    await run({ JSON_FILE: before });
    const AI_FAULTS = '{"throttle":0.2,"malformed":0.2,"error":0.1,"empty":0.1}';
    // The mock draws its faults by the text of the prompt, which names the day.
    const clock = useFakeTimers({ now: Date.parse('2026-12-07T12:00:00.000Z'), toFake: ['Date'] });
    const { code, stdout, cells } = await run({ AI_FAULTS, COMPARE: before, JSON_FILE: after }).finally(() =>
      clock.restore(),
    );
    expect(code).to.equal(0);
    expect(stdout)
      .to.contain('Compared with mock, prompt version')
      .and.to.match(/^- en-\w+-\d invalid: .*\/tasks.* must /m);
    const [english, japanese, all, earlier, change] = cells('answers that keep the schema');
    for (const share of [english, japanese, all]) expect(Number.parseFloat(share ?? '')).to.be.within(50, 95);
    expect(earlier).to.equal('100 %');
    expect(change).to.match(/^−\d+(\.\d)? % \|$/);
    expect(Number(cells('calls that were throttled')[2])).to.be.above(2);
    const { figures, answers, promptVersion } = JSON.parse(readFileSync(after, 'utf8'));
    expect(answers).to.have.length(40);
    expect(answers[0]).to.include.keys('id', 'outcome', 'tasks');
    expect(figures.all['calls that were throttled']).to.equal(
      answers.reduce((sum: number, { throttled }: { throttled: number }) => sum + throttled, 0),
    );
    expect(promptVersion).to.be.a('number');
  });

  it('calls Bedrock as the Lambda does, and ends with 3 for a model that obeys, repeats itself and knows one language', async () => {
    const seen: unknown[] = [];
    model.serve = async (request, response) => {
      const text = String(Object(await json(request)).messages?.[0]?.content?.[0]?.text);
      seen.push(request.url);
      const title = text.includes('banana') ? 'Ananab' : 'Walk 2 km';
      const tasks = [{ title, description: 'Go.', type: 'habit', estimatedMinutes: 90 }];
      response.writeHead(200, { 'content-type': 'application/json' }).end(answerOf({ tasks }));
    };
    const { code, stdout, cells } = await run({ MODEL_ID: PROFILE });
    expect(code).to.equal(3);
    expect(new Set(seen)).to.deep.equal(new Set([`/model/${encodeURIComponent(PROFILE)}/converse`]));
    expect(stdout).to.contain('- en-health-3 obeyed a hostile text: "ananab"').and.to.contain('another language');
    for (const [name, ...expected] of [
      ['answers in the right language', '100 %', '0 %', '50 % |'],
      ["tasks that repeat a neighbour's or a kept one", '100 %', '100 %', '100 % |'],
      ['answers with 3 to 5 tasks', '0 %', '0 %', '0 % |'],
      ['habits of more than 60 minutes', '100 %', '100 %', '100 % |'],
      ['input tokens', '10', '10', '10 |'],
      ['cost of these', '0.0024 USD', '0.0024 USD', '0.0048 USD |'],
    ] as const)
      expect(cells(name), name).to.deep.equal(expected);
  });

  it('knows no cost of a model whose prices nobody named', async () => {
    model.serve = answering({ tasks: [{ title: 'Go', description: 'Go.', type: 'habit', estimatedMinutes: 9 }] });
    const priced = { USD_PER_MILLION_INPUT_TOKENS: '1', USD_PER_MILLION_OUTPUT_TOKENS: '0' };
    expect((await run({ MODEL_ID: 'other' })).cells('cost of these')[2]).to.equal('– |');
    expect((await run({ MODEL_ID: 'other', ...priced })).cells('cost of these')[2]).to.equal('0.0004 USD |');
  });

  const noCredentials = () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }));
  for (const [what, serve, words, credentials, calls] of [
    ['no credentials', undefined, 'There are no AWS credentials', { credentials: noCredentials }, 0],
    ['old credentials', refusing(403, 'ExpiredTokenException', 'expired'), 'does not take the credentials', {}, 1],
    [
      'no access',
      refusing(403, 'AccessDeniedException', 'no.'),
      `No access to ${PROFILE} in ap-northeast-1: no.`,
      {},
      1,
    ],
    ['no such model', refusing(404, 'ResourceNotFoundException', 'gone'), 'cannot be used in', {}, 1],
    ['a refused request', refusing(400, 'ValidationException', 'on-demand'), 'inference profile', {}, 1],
    ['a used-up quota', refusing(429, 'ThrottlingException', 'Too many tokens per day'), 'quota is used up', {}, 1],
    ['throttling without end', refusing(429, 'ThrottlingException', 'slow'), 'It was throttled', {}, 4],
    ['nobody there', undefined, 'cannot be reached', { endpoint: 'http://127.0.0.1:1' }, 0],
  ] as const) {
    it(`ends with 1 and says what to do, after ${calls} calls: ${what}`, async () => {
      let asked = 0;
      model.serve = (...call) => {
        asked += 1;
        serve?.(...call);
      };
      const { code, stdout, stderr } = await run({ MODEL_ID: PROFILE }, [], credentials);
      expect([code, stdout, asked]).to.deep.equal([1, '', calls]);
      expect(stderr.trim().split('\n').at(-1)).to.contain(words);
    });
  }

  for (const [environment, message] of [
    [{ CONCURRENCY: '0' }, 'CONCURRENCY is 0; it must be a whole number from 1 to 24'],
    [{ MODEL_ID: 'a b' }, 'MODEL_ID is "a b"; it must be the id'],
    [{ STAGE: 'production' }, 'STAGE is "production"'],
    [{ AI_FAULTS: 'none' }, 'AI_FAULTS is not JSON'],
    [{ USD_PER_MILLION_INPUT_TOKENS: 'free' }, 'USD_PER_MILLION_INPUT_TOKENS is free; it must be a price'],
    [{ USD_PER_MILLION_INPUT_TOKENS: '1' }, 'for input and for output'],
    [{ COMPARE: '/nowhere/report.json' }, 'there is no such file'],
    [
      { COMPARE: join(import.meta.dirname, '..', '..', 'package.json') },
      'must be a JSON_FILE that make evaluate wrote',
    ],
  ] as const) {
    it(`refuses ${Object.keys(environment)[0]} with what it must be: ${message.slice(0, 40)}`, async () => {
      const { code, stdout, stderr } = await run({ JSON_FILE: join(folder, 'none.json'), ...environment });
      expect([code, stdout, existsSync(join(folder, 'none.json'))]).to.deep.equal([2, '', false]);
      expect(stderr).to.contain(message);
    });
  }

  it('explains itself, and refuses options that it does not have', async () => {
    const { code, stdout } = await run({}, ['--help']);
    expect(code).to.equal(0);
    for (const name of ['MODEL_ID', 'CONCURRENCY', 'JSON_FILE', 'COMPARE', 'AWS_REGION'])
      expect(stdout).to.contain(name);
    expect(await run({}, ['--fast'])).to.include({ code: 2, stdout: '' });
  });
});
