import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { createEndRecorder } from '@goal-activity/core/execution/end-recorder.ts';
import { createMemoryLog, LOG_FIELDS } from '@goal-activity/core/log/logger.ts';
import { expect } from 'chai';
import { executionRow } from '../../../lambdas/core/test/support/rows.ts';
import { read } from '../../documents.ts';
import { signIn, titles, useStack } from '../../support/stack/stack.ts';

const run = promisify(execFile);

/** The commands of docs/debugging.md, by the heading that they stand under. */
const COMMANDS = new Map(
  read('docs/debugging.md')
    .split(/^#+ /m)
    .flatMap((section) => {
      const [, command] = /^```sh\n([\s\S]*?)^```$/m.exec(section) ?? [];
      return command === undefined ? [] : [[section.slice(0, section.indexOf('\n')), command] as const];
    }),
);

/** What each must print of a run whose first action is throttled once, and whose second is denied. */
const EXPECTED: Readonly<Record<string, readonly RegExp[]>> = {
  'From a request to its execution': [
    /"message":"execution claimed".*"executionArn":"arn:/,
    /"message":"request answered","httpStatus":202,"executionArn":"arn:/,
  ],
  'The whole story': [
    /"who":"ExecutionStarted"/,
    /"who":"TaskStateEntered","what":"ValidateInput"/,
    /"who":"generate-tasks","what":"AI answered","position":0,"attempt":2/,
    /"who":"save-tasks","what":"step ended","position":0,"outcome":"SAVED"/,
    /"who":"update-progress","what":"step ended","position":1,"outcome":"FAILED"/,
    /"who":"ExecutionSucceeded"/,
  ],
  'Which states it entered, and how often': [/^ *3 GenerateTasks$/m, /^ *2 SaveTasks$/m, /^ *1 ActionFailed$/m],
  'One action, by its position': [
    /"message":"step failed","attempt":1/,
    /"message":"AI answered","attempt":2,"durationMs":\d+,"inputTokens":\d+/,
  ],
  'Why an action failed': [
    /^0\t1\tgenerate-tasks\tTransientError\tThrottlingException/m,
    /^1\t1\tgenerate-tasks\tPermanentError\tAccessDeniedException/m,
  ],
  'How it ended, and what became of the goal': [/"status": "PARTIALLY_SUCCEEDED",\s+"goalStatus": "partial"/],
  'The rows': [/"status": "PARTIALLY_SUCCEEDED"/, /"reason": /],
};

describe('docs/debugging.md', function () {
  this.timeout(300_000);
  const stack = useStack({ TIME_SCALE: '0.05' });
  const variables: Record<string, string> = {};

  before(async () => {
    const user = await signIn(stack().url, 'me');
    const tags = ['[ai:throttle=1]', '[ai:denied]', '[ai:malformed=1]'];
    const { goalId } = await user.createGoal(titles(3, (index) => tags[index] ?? ''));
    const { body, headers } = await user.start(goalId);
    await user.waitForEnd(body.executionArn);
    Object.assign(variables, { LOG: stack().logFile, URL: stack().url, TOKEN: user.token });
    Object.assign(variables, { EXECUTION: body.executionArn, REQUEST: headers.get('apigw-requestid') ?? '' });
    const { executionArn } = (await user.start((await user.createGoal(titles(1, () => '[ai:hang]'))).goalId)).body;
    await user.cancel(executionArn);
    await user.start('unknown');
  });

  it('has a command below each of these headings', () => {
    expect([...COMMANDS.keys()]).to.deep.equal(Object.keys(EXPECTED));
  });

  for (const [heading, command] of COMMANDS) {
    it(`has a command that says what the heading asks: ${heading}`, async () => {
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], {
        env: { ...process.env, ...variables },
      });
      for (const line of EXPECTED[heading] ?? []) expect(stdout).to.match(line);
    });
  }

  it('finds every field that may be logged on some line', async () => {
    const { log, lines: ofEnd } = createMemoryLog();
    // What is usual is known after a hundred runs.
    await createEndRecorder(log)(executionRow({ usualActionMs: 3_000 }), []);
    const lines: object[] = readFileSync(stack().logFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const logged = new Set([...lines, ...ofEnd].flatMap((line) => Object.keys(line)));
    expect(LOG_FIELDS.filter((field) => !logged.has(field))).to.deep.equal([]);
  });
});
