import { expect } from 'chai';
import sinon from 'sinon';
import type { Json } from '../local/aws/step-functions/engine/engine.ts';
import { LAMBDA_ERRORS, THROTTLED } from '../test/support/lambda-errors.ts';
import { type Call, type Failure, scriptedRun } from '../test/support/scripted-run.ts';

const PASSING = ['TransientError', 'States.Timeout', ...LAMBDA_ERRORS];
const LASTING = ['ValidationError', 'PermanentError', 'BatchTimeout', 'States.DataLimitExceeded', 'Error'];

/** How a run comes to a state: what fails before it, or what UpdateGoalStatus wants next. */
const WAYS: Readonly<Record<string, { readonly failing?: string; readonly next?: string }>> = {
  ActionFailed: { failing: 'GenerateTasks' },
  HandleError: { failing: 'GetActions' },
  NotifyPartial: { next: 'NOTIFY_PARTIAL' },
  EscalatePartial: { next: 'ESCALATE_PARTIAL' },
  NotifyFailure: { next: 'NOTIFY_FAILURE' },
};

/** The calls of a state whose attempts fail as the list says, and then succeed. */
async function callsOf(state: string, errors: readonly string[]): Promise<readonly Call[]> {
  const { failing, next } = WAYS[state] ?? {};
  const notification: Json = { subject: 's', message: 'm', kind: 'partial' };
  const script = (name: string, attempt: number): Failure | undefined => {
    if (name === failing) return { error: 'PermanentError' };
    const error = name === state ? errors[attempt - 1] : undefined;
    return error === undefined ? undefined : { error };
  };
  const answers: Record<string, Json> = next === undefined ? {} : { UpdateGoalStatus: { next, notification } };
  return (await scriptedRun(script, answers)).calls.get(state) ?? [];
}

/** Seconds before each retry of a state that always fails like this. */
async function waitsOf(state: string, error: string): Promise<number[]> {
  const calls = await callsOf(
    state,
    Array.from({ length: 99 }, () => error),
  );
  return calls.slice(1).map(({ at }, index) => (at - (calls[index]?.at ?? 0)) / 1000);
}

const STEPS = [
  'ValidateInput',
  'GetActions',
  'CreateBatches',
  'ActionFailed',
  'UpdateProgress',
  'AggregateResults',
  'UpdateGoalStatus',
  'HandleError',
];

const NOTIFICATIONS = ['NotifyPartial', 'EscalatePartial', 'NotifyFailure'];
const ANY = [...PASSING, ...LASTING, 'SNS.InternalErrorException', 'SNS.AuthorizationErrorException'];

describe('a state that fails', () => {
  afterEach(() => sinon.restore());

  for (const [states, errors, waits, why] of [
    [STEPS, [...PASSING, THROTTLED], [1, 2, 4, 8], 'when that may help'],
    [['GenerateTasks'], PASSING, [2, 4, 8], 'when that may help'],
    [['SaveTasks'], PASSING, [1, 2, 4], 'when that may help'],
    [NOTIFICATIONS, ANY, [2, 4, 8, 16, 30], 'whatever it was, since people are to be told'],
    [[...STEPS, 'GenerateTasks', 'SaveTasks'], LASTING, [], 'when that cannot help'],
  ] as const) {
    for (const state of states)
      it(`is tried again ${waits.length} times, after ${waits} s, ${why}: ${state}`, async () => {
        for (const error of errors) expect(await waitsOf(state, error), error).to.deep.equal(waits);
      });
  }

  for (const state of ['GenerateTasks', 'SaveTasks']) {
    it(`is tried again after up to 2, 4, 8, 16 and then 30 s, when it was throttled, while its batch lives: ${state}`, async () => {
      const random = sinon.stub(Math, 'random').returns(1 - Number.EPSILON);
      const longest = await waitsOf(state, THROTTLED);
      expect(longest.slice(0, 6)).to.deep.equal([2, 4, 8, 16, 30, 30]);
      expect(new Set(longest.slice(4))).to.deep.equal(new Set([30]));
      random.returns(0.25);
      expect((await waitsOf(state, THROTTLED)).slice(0, 6)).to.deep.equal([0.5, 1, 2, 4, 7.5, 7.5]);
      random.returns(0);
      expect(new Set(await waitsOf(state, THROTTLED))).to.deep.equal(new Set([0]));
      // On average half of the longest: the 300 s of a batch, with none to spare.
      random.returns(0.5);
      const seconds = (await waitsOf(state, THROTTLED)).reduce((sum, wait) => sum + wait, 0);
      expect(seconds).to.be.within(300, 315);
    });

    it(`has its other attempts still, after it was throttled: ${state}`, async () => {
      const throttled = Array.from({ length: 23 }, () => THROTTLED);
      expect(await callsOf(state, [...throttled, 'TransientError', 'Lambda.Unknown', 'States.Timeout'])).to.have.length(
        27,
      );
      // They are counted together, whatever it was each time.
      const mixed = ['TransientError', 'Lambda.Unknown', 'States.Timeout', 'Runtime.ExitError', 'TransientError'];
      expect(await callsOf(state, mixed)).to.have.length(4);
      const once = [THROTTLED, ...Array.from({ length: 4 }, () => 'TransientError')];
      expect(await callsOf(state, [...once, 'TransientError'])).to.have.length(5);
    });
  }
});
