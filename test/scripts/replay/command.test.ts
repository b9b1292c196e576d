import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { HistoryEvent } from '../../../local/aws/step-functions/index.ts';
import { replay } from '../../../scripts/replay/replay.ts';
import { record } from './record.ts';

/** What is told of a history: states that were entered and left, and what calls came to. */
const stepsOf = (events: readonly HistoryEvent[]) =>
  events.filter(({ type }) => /State(?:Entered|Exited)$|^LambdaFunction(?:Succeeded|Failed)$/.test(type)).length;

describe('make replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-replay-'));
  after(() => rmSync(folder, { recursive: true }));
  let events: readonly HistoryEvent[] = [];
  before(async () => {
    events = await record({ calls: { 'GenerateTasks@0': ['TransientError'] } });
  });

  /** @param file what is written into the file; none for no file */
  async function run(
    file: string | undefined,
    environment: Readonly<Record<string, string>> = {},
    args: string[] = [],
  ) {
    const path = join(folder, 'history.json');
    rmSync(path, { force: true });
    if (file !== undefined) writeFileSync(path, file);
    const [stdout, stderr]: [string[], string[]] = [[], []];
    let steps = 0;
    const terminal = {
      stdout: { write: (text: string) => stdout.push(text) },
      stderr: { write: (text: string) => stderr.push(text) },
      nextStep: async () => {
        steps += 1;
      },
    };
    const code = await replay({ FILE: path, ...environment }, args, terminal);
    return { code, steps, stdout: stdout.join(''), stderr: stderr.join('').replaceAll(path, 'FILE') };
  }

  const page = (from: number, to: number, more: object = {}) =>
    JSON.stringify({ events: events.slice(from, to), ...more }, null, 4);
  /** As the AWS CLI prints it, which has texts for times. */
  const printed = (those: readonly HistoryEvent[]) =>
    JSON.stringify({
      events: those.map((event) => ({ ...event, timestamp: new Date(event.timestamp * 1000).toISOString() })),
    });
  const withoutData = () =>
    JSON.stringify({ events }, (key, value) => (/^(?:in|out)put|^parameters/.test(key) ? undefined : value));

  it('explains itself, and refuses options that it does not have', async () => {
    const { code, stdout } = await run(undefined, {}, ['--help']);
    expect(code).to.equal(0);
    for (const name of ['FILE', 'STAGE', 'STEP=1', 'QUIET=1', 'TIME_SCALE', '--include-execution-data', 'Exit code'])
      expect(stdout).to.contain(name);
    expect(await run(undefined, {}, ['--fast'])).to.include({ code: 2, stdout: '' });
  });

  for (const [what, file, message, environment] of [
    ['no FILE', () => undefined, 'FILE is missing: make replay FILE=history.json', { FILE: '' }],
    ['a file that is not there', () => undefined, 'FILE cannot be read: ENOENT'],
    ['a text', () => 'ExecutionStarted 1', 'FILE is no JSON'],
    ['another JSON', () => '{"executions":[]}', 'FILE is no history: a history has "events". Download one: aws '],
    ['no events', () => '{"events":[]}', 'FILE is no history: it has no events'],
    [
      'events of another kind',
      () => '{"events":[{"id":1}]}',
      'entry 1 of "events" is no event of Step Functions: {"id":1}',
    ],
    [
      'an input that is cut',
      () => printed(events).replace('"{\\"goalId\\"', '"goalId\\"'),
      'entry 1 of "events" is no event of Step Functions',
    ],
    [
      'a state machine with a Parallel state',
      () =>
        printed([...events, { id: events.length + 1, previousEventId: 1, timestamp: 1, type: 'ParallelStateEntered' }]),
      'the local engine runs no ParallelStateEntered',
    ],
    ['a page alone', () => page(0, 20, { nextToken: 'more' }), 'FILE lacks what comes after event 20. Join all pages'],
    ['a later page', () => page(20, 1000), 'FILE lacks events 1 to 20. Join all pages'],
    ['pages with one missing', () => `${page(0, 10)}\n${page(11, 1000)}`, 'FILE lacks event 11. Join all pages'],
    [
      'a history without data',
      withoutData,
      "FILE lacks the execution's input and the answers of ValidateInput, GetActions, CreateBatches, GenerateTasks, SaveTasks, UpdateProgress, AggregateResults, UpdateGoalStatus. Download it with --include-execution-data",
    ],
    ['another TIME_SCALE', () => page(0, 1000), 'TIME_SCALE is 0; it must be a number above 0', { TIME_SCALE: '0' }],
    ['a stage that is not synthesized', () => page(0, 1000), 'cannot be read: run make synth', { STAGE: 'none' }],
  ] as const satisfies readonly (readonly [string, () => string | undefined, string, Record<string, string>?])[]) {
    it(`refuses ${what}, and says why in one line`, async () => {
      const { code, stdout, stderr } = await run(file(), environment);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.contain(message);
      expect(stderr.trim().split('\n')).to.have.length(1);
    });
  }

  for (const [what, file] of [
    ['as the AWS CLI prints it', () => printed(events)],
    ['in pages, one after the other', () => `${page(0, 30, { nextToken: 'a' })}\n${page(30, 1000)}\n`],
    ['in an array of pages', () => `[${page(0, 30)},${page(30, 1000)}]`],
    ['with the newest event first', () => printed([...events].reverse())],
    ['as a list of events', () => JSON.stringify(events)],
  ] as const) {
    it(`replays a history ${what}`, async () => {
      const { code, stdout, stderr } = await run(file(), { QUIET: '1' });
      expect(stderr).to.equal('');
      expect([code, stdout]).to.deep.equal([0, '\nthen  SUCCEEDED\nnow   SUCCEEDED\nno differences\n']);
    });
  }

  it('tells each step with its time of then, its data and its failures', async () => {
    const { stdout, steps } = await run(printed(events));
    const lines = stdout.split('\n');
    expect(lines[0]).to.match(/^04:05:06\.789 {2}ValidateInput is entered \{"goalId":"goal",/);
    const ofAction = lines.filter((line) => line.includes(' ProcessBatches[0].ProcessActions[0].GenerateTasks '));
    expect(ofAction.map((line) => line.replace(/ \{.*/, ''))).to.deep.equal([
      '04:05:07.389  ProcessBatches[0].ProcessActions[0].GenerateTasks is entered',
      '04:05:07.589  ProcessBatches[0].ProcessActions[0].GenerateTasks fails after 0.200 s: TransientError: TransientError of the test',
      '04:05:09.789  ProcessBatches[0].ProcessActions[0].GenerateTasks is answered (call 2) after 0.200 s',
      '04:05:09.789  ProcessBatches[0].ProcessActions[0].GenerateTasks is left',
    ]);
    expect([steps, lines.filter((line) => /^\d\d:/.test(line)).length]).to.deep.equal([0, stepsOf(events)]);
  });

  it('waits for a person after each step, and shows all of the data then', async () => {
    const { steps, stdout } = await run(printed(events), { STEP: '1' });
    expect(steps).to.equal(stepsOf(events));
    expect(stdout).to.contain('ValidateInput is entered\n{\n  "goalId": "goal",\n');
  });

  it('replays or refuses whatever a file holds, and never breaks off', async () => {
    const broken = fc.tuple(
      fc.nat(),
      fc.constantFrom('drop', 'value', 'detail'),
      fc.nat(),
      fc.jsonValue({ maxDepth: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(broken, async ([which, how, where, value]) => {
        const changed: Record<string, unknown>[] = JSON.parse(JSON.stringify(events));
        const index = which % changed.length;
        const event: Record<string, unknown> = Object(changed[index]);
        const [details = 'type'] =
          how === 'detail' ? Object.keys(event).filter((name) => name.endsWith('Details')) : [];
        const target: Record<string, unknown> = details === 'type' ? event : Object(event[details]);
        const names = Object.keys(target);
        if (how === 'drop') changed.splice(index, 1);
        else target[names[where % names.length] ?? 'type'] = value;
        const { code } = await run(JSON.stringify({ events: changed }), { STEP: where % 2 ? '1' : '' });
        expect(code).to.be.oneOf([0, 1, 2]);
      }),
      // A time that cannot even be made a text.
      { numRuns: 100, examples: [[[0, 'value', 209_824_517, { toString: null }]]] },
    );
  });

  it('says what to know of a history before it is replayed', async () => {
    const [first, last] = [events[0], events.at(-1)];
    const id = events.length + 1;
    const redriven = { ...last, id, type: 'ExecutionRedriven', previousEventId: id - 1, timestamp: first?.timestamp };
    const { code, stdout } = await run(JSON.stringify([...events, redriven]), { QUIET: '1' });
    expect([code, stdout]).to.deep.equal([
      0,
      'It was redriven (1); what came after its first end is not replayed.\n\nthen  SUCCEEDED\nnow   SUCCEEDED\nno differences\n',
    ]);
    const unended = await run(printed(events.slice(0, 20)), { QUIET: '1' });
    expect(unended.stdout).to.equal(
      'It had not ended when it was downloaded; it is replayed up to there.\n\nthen  RUNNING\nnow   stopped where the history ends\nno differences\n',
    );
    const elsewhere = printed(events).replaceAll(':goal-activity-dev:', ':goal-activity-prod:');
    expect((await run(JSON.stringify(JSON.parse(elsewhere)), { QUIET: '1' })).stdout).to.contain(
      'It ran in goal-activity-prod; it is compared with goal-activity-dev (STAGE).',
    );
  });
});
