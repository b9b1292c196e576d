import { expect } from 'chai';
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../local/aws/bedrock/bedrock.ts';
import { type Retrier, retriersOf } from '../support/definition.ts';
import { groupOf } from '../support/group.ts';
import { ofAction } from '../support/history.ts';
import { CASES, checkTogether, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { useScriptedGoals } from '../support/stack/scripted-goals.ts';
import { AI_NEVER_FAILS, unkind } from '../support/stack/unkind.ts';

const TIME_SCALE = 0.01;
/** Each case is an action; so many are of one goal. */
const ACTIONS = 5;
/** Timers may fire a millisecond early, and times are read in whole ones. */
const TIMER_MS = 2;

const refusal = (status: number, type: string, message: string) => ({ error: { status, type, message } });
/** What the AI may do wrong that may pass: the state machine must see a TransientError. */
const PASSING: Readonly<Record<string, ScriptedAnswer>> = {
  throttle: { fault: 'throttle' },
  'server error': { fault: 'error' },
  malformed: { fault: 'malformed' },
  empty: { toolInput: {} },
  'no body': { body: '' },
  'reset connection': { fault: 'reset' },
  'cut answer': { fault: 'cut' },
  unavailable: { fault: 'unavailable' },
};
/** And what does not pass: a PermanentError. */
const LASTING: Readonly<Record<string, ScriptedAnswer>> = {
  denied: { fault: 'denied' },
  quota: refusal(400, 'ServiceQuotaExceededException', 'You have exceeded your quota.'),
  'daily quota': refusal(429, 'ThrottlingException', 'Too many tokens per day, please wait.'),
};
const FAULTS: Readonly<Record<string, ScriptedAnswer>> = { ...PASSING, ...LASTING, hang: { fault: 'hang' } };
const errorOf = (fault: string) => (fault in LASTING ? 'PermanentError' : 'TransientError');

/** What the definition says of an action whose AI calls fail like this, one after the other, and then succeed. */
function expectedWaits(retriers: readonly Retrier[], faults: readonly string[]): number[] {
  const waits: number[] = [];
  const used = new Map<Retrier, number>();
  for (const fault of faults) {
    const retrier = retriers.find(({ ErrorEquals }) => ErrorEquals.includes(errorOf(fault)));
    const before = (retrier && used.get(retrier)) ?? 0;
    if (retrier === undefined || before === retrier.MaxAttempts) break;
    used.set(retrier, before + 1);
    waits.push(retrier.IntervalSeconds * retrier.BackoffRate ** before);
  }
  return waits;
}

/** The script says how each AI call fails, and each try makes one: the database fails none three times in a row. */
const UNKIND = unkind({
  ...AI_NEVER_FAILS,
  databaseThrottle: 0.0008,
  databaseError: 0.0004,
  // 300 ms would be 30 s here, which outlasts the retries of a message.
  outageMs: 15,
});

describe('an action whose AI calls fail', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const { stack, run } = useScriptedGoals({ TIME_SCALE: String(TIME_SCALE), AI_LATENCY_MS: '5', ...UNKIND });
  /** Those that came before a retry, in milliseconds of the engine. */
  const waited = new Set<number>();
  let retriers: readonly Retrier[] = [];
  before(() => {
    retriers = retriersOf(stack().description.stateMachine.definition, 'GenerateTasks');
  });
  let actions = 0;
  /** Actions in which the machine let nothing be given up. */
  let judged = 0;

  /** Runs a goal with one action for each sequence of faults. */
  async function runAndCheck(sequences: readonly (readonly string[])[]): Promise<void> {
    actions += sequences.length;
    const answers = sequences.map((faults) => (call: number) => FAULTS[faults[call - 1] ?? ''] ?? {});
    const { status, history, calls: all } = await run(answers);
    const invocations = history.invocations('GenerateTasks');
    const givenUp = history.givenUp();

    for (const [position, faults] of sequences.entries()) {
      const what = `[${faults.join(', ')}]`;
      const { actionId, outcome } = status.outcomes[position] ?? {};
      const failure = status.failedActions.find((each) => each.actionId === actionId);
      const waits = expectedWaits(retriers, faults);
      const calls = all[position] ?? [];
      const tries = invocations.filter((each) => ofAction(each, 'position') === position);

      // A machine that is held up for long lets the state machine give a step up, before the AI was called or after.
      const isHeldUp =
        calls.length < tries.length ||
        tries.some(({ error }, index) => error === 'States.Timeout' && faults[index] !== 'hang') ||
        givenUp.some((each) => (ofAction(each, 'position') ?? position) === position);
      if (isHeldUp) continue;
      judged += 1;
      if (failure?.error === 'BatchTimeout') {
        // Many hanging calls use up the 300 s of the batch first; then, and only then, attempts may be left.
        expect(calls.length, what).to.be.at.most(waits.length + 1);
        const begunAt = Date.parse(String(Object(tries.at(-1)?.input).batchStartedAt));
        const endedAt = tries.at(-1)?.endedAt ?? 0;
        expect(endedAt - begunAt, what).to.be.at.least(300_000 * TIME_SCALE - TIMER_MS);
      } else {
        expect(calls.length, what).to.equal(waits.length + 1);
        const lastFault = faults[waits.length];
        expect(outcome, what).to.equal(lastFault === undefined ? 'SAVED' : 'FAILED');
        // The Lambda gives a hanging call up just before the state machine does: on a busy machine, either is first.
        if (lastFault === 'hang') expect(failure?.error, what).to.be.oneOf(['TransientError', 'States.Timeout']);
        else expect(failure?.error, what).to.equal(lastFault && errorOf(lastFault));
      }

      for (const [index, wait] of waits.slice(0, calls.length - 1).entries()) {
        const waitMs = wait * 1000 * TIME_SCALE;
        const [call, next, attempt, retry] = [calls[index], calls[index + 1], tries[index], tries[index + 1]];
        if (!call || !next || !attempt?.endedAt || !retry) throw new Error(`${what} has no attempt ${index + 2}`);
        // When it gives up, the AI may see a caller go later than the engine does.
        if (call.outcome !== 'gone')
          expect(next.startedAt - call.endedAt, `${what}: before call ${index + 2}`).to.be.at.least(waitMs - TIMER_MS);
        const engineMs = retry.startedAt - attempt.endedAt;
        expect(engineMs, `${what}: before attempt ${index + 2}`).to.be.at.least(waitMs - TIMER_MS);
        waited.add(waitMs);
      }
    }
  }

  const fault = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...Object.keys(PASSING)) },
    { weight: 2, arbitrary: fc.constantFrom(...Object.keys(LASTING)) },
    { weight: 1, arbitrary: fc.constant('hang') },
  );
  const sequence = fc.array(fault, { maxLength: 5, size: 'max' });

  it('is asked for as often as the definition says, never again after a refusal, and after its waits', async () => {
    await checkTogether(groupOf(sequence, ACTIONS), runAndCheck, 4, CASES / ACTIONS);
    console.log(`      ${judged} of ${actions} actions judged; this machine held the others up`);
    expect(judged).to.be.above(0);
    if (judged > actions / 2) expect(waited.size).to.be.at.least(3);
  });
});
