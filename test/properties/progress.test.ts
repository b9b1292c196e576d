import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../local/aws/bedrock/bedrock.ts';
import { ExecutionHistory, type Invocation, ofAction } from '../support/history.ts';
import { CASES, checkTogether, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { type ScriptedGoal, useScriptedGoals } from '../support/stack/scripted-goals.ts';
import type { Status } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';

const FAULTS = ['denied', 'malformed once', 'throttled once', 'throttled for ever'] as const;
/** What the AI does for one action. */
interface Action {
  readonly latencyMs: number;
  readonly fault: 'none' | (typeof FAULTS)[number];
}

interface Run {
  readonly actions: readonly Action[];
  /** The user cancels as soon as so many actions are processed. */
  readonly cancelAfter: number | undefined;
}

/** A status answer; times are milliseconds since the epoch, as those of the engine's history. */
interface Poll {
  readonly requestedAt: number;
  readonly answeredAt: number;
  readonly status: Status;
}

/** How many actions these steps are about. */
const countActions = (steps: readonly Invocation[]) => new Set(steps.map((step) => ofAction(step, 'actionId'))).size;

describe('the progress of a run', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  // An outage of 300 ms would be one of 10 s here, which outlasts the retries of a message.
  const { stack, start, callsOf } = useScriptedGoals({ TIME_SCALE: '0.03', ...unkind({ outageMs: 45 }) });

  /** Runs a goal and polls until it has ended, and once more. */
  async function run({ actions, cancelAfter }: Run): Promise<{ started: ScriptedGoal; polls: Poll[] }> {
    const answers = actions.map(({ latencyMs, fault }) => (call: number): ScriptedAnswer => {
      if (fault === 'denied') return { fault: 'denied' };
      if (fault === 'malformed once' && call === 1) return { fault: 'malformed', latencyMs };
      const isThrottled = fault === 'throttled for ever' || (fault === 'throttled once' && call === 1);
      return isThrottled ? { fault: 'throttle' } : { latencyMs };
    });
    const started = await start(answers);
    const { user, executionArn } = started;
    const polls: Poll[] = [];
    const poll = async () => {
      const requestedAt = Date.now();
      const status = await user.getStatus(executionArn);
      polls.push({ requestedAt, answeredAt: Date.now(), status });
      return status;
    };
    let cancelled: Promise<unknown> | undefined;
    // Each poll costs what a page's does: what takes long is looked at less often.
    for (let pauseMs = 40; ; pauseMs *= 1.3) {
      const { status, processedActions } = await poll();
      if (cancelAfter !== undefined && processedActions >= cancelAfter) cancelled ??= user.cancel(executionArn);
      if (status !== 'RUNNING') break;
      await sleep(pauseMs);
    }
    await cancelled;
    await poll();
    return { started, polls };
  }

  function checkPolls({ actions }: Run, polls: readonly Poll[]): void {
    const { executionArn = '', status: end } = polls.at(-1)?.status ?? {};
    const history = new ExecutionHistory(stack(), executionArn);
    /** The steps after which an action is processed. */
    const recording = history.invocations('SaveTasks', 'ActionFailed');
    const closingAt = history.closingAt();
    let before = { processedActions: 0, progressPercentage: 0 };
    for (const { requestedAt, answeredAt, status } of polls) {
      const { processedActions, totalActions, progressPercentage, estimatedSecondsRemaining, outcomes } = status;
      expect(totalActions).to.equal(actions.length);
      expect(progressPercentage).to.equal(Math.floor((100 * processedActions) / totalActions));
      expect(outcomes.filter(({ outcome }) => outcome !== 'PENDING').length).to.equal(processedActions);
      expect(processedActions, 'processed actions never fall').to.be.at.least(before.processedActions);
      expect(progressPercentage, 'the percentage never falls').to.be.at.least(before.progressPercentage);
      before = status;
      if (status.status === 'RUNNING') expect(estimatedSecondsRemaining, 'remaining seconds').to.be.at.least(1);
      else expect(estimatedSecondsRemaining).to.equal(0);

      // Never older than 30 s (requirement 6); in fact never older than the question.
      const done = recording.filter(({ error, endedAt }) => error === undefined && (endedAt ?? Infinity) < requestedAt);
      expect(processedActions, 'what was recorded before the question').to.be.at.least(countActions(done));
      const begun = recording.filter(({ startedAt }) => startedAt <= answeredAt);
      if (end !== 'ABORTED' && answeredAt < closingAt)
        expect(processedActions, 'what began to be recorded').to.be.at.most(countActions(begun));
    }
    if (end !== 'ABORTED') expect(before.progressPercentage, 'a run that ends by itself').to.equal(100);
  }

  /** Every call of the AI is counted, whatever came of it. */
  async function checkCost(started: ScriptedGoal, { executionArn, status, cost }: Status): Promise<void> {
    const calls = (await callsOf(started)).flat();
    const count = (wanted: string) => calls.filter(({ outcome }) => outcome === wanted).length;
    if (status === 'ABORTED') return;
    const history = new ExecutionHistory(stack(), executionArn);
    const errors = history.invocations('GenerateTasks').map(({ error }) => error);
    // What a step was told after it had been given up is not known to anybody.
    const wasGivenUp = errors.includes('States.Timeout') || history.givenUp().length > 0;
    seen.ended += 1;
    if (status === 'TIMED_OUT' || count('gone') > 0 || wasGivenUp) return;
    seen.judged += 1;
    seen.refused += count('malformed');
    if (cost.aiCalls === calls.length) return;
    const lines = readFileSync(stack().logFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes(executionArn));
    const unnoted = lines.filter((line) => line.includes('the failed attempt could not be noted'));
    const what = `calls of the AI; steps ended with ${errors}`;
    expect(cost.aiCalls, what).to.be.within(calls.length - unnoted.length, calls.length);
  }

  const action: fc.Arbitrary<Action> = fc.record(
    {
      latencyMs: fc.integer({ min: 1, max: 60 }),
      fault: fc.oneof(
        { weight: 5, arbitrary: fc.constant('none' as const) },
        { weight: 2, arbitrary: fc.constantFrom(...FAULTS) },
      ),
    },
    { noNullPrototype: true },
  );
  const actions = fc.oneof(
    { weight: 40, arbitrary: fc.array(action, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(action, { minLength: 9, maxLength: 17, size: 'max' }) },
  );
  const oneRun: fc.Arbitrary<Run> = fc.record(
    {
      actions,
      cancelAfter: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(2) }),
    },
    { noNullPrototype: true },
  );

  /** Whatever the seed: an action that is not over when the others are, and that lasts until it is cancelled. */
  const lasting = { latencyMs: 3_000, fault: 'none' } as const;
  const examples: Run[] = [
    { actions: [...FAULTS.map((fault) => ({ latencyMs: 1, fault })), lasting], cancelAfter: undefined },
    { actions: [lasting], cancelAfter: 0 },
  ];

  const seen = { polls: 0, between: 0, cancelled: 0, retried: 0, refused: 0, ended: 0, judged: 0 };

  it('is the share of processed actions at every moment, never falls, is never old, ends at 100 %, and its cost has every call of the AI', () =>
    checkTogether(
      oneRun,
      async (each) => {
        const { started, polls } = await run(each);
        checkPolls(each, polls);
        const last = polls.at(-1)?.status;
        if (last !== undefined) await checkCost(started, last);
        seen.polls += polls.length;
        seen.between += polls.filter(({ status: { progressPercentage: at } }) => at > 0 && at < 100).length;
        seen.retried += polls.filter(({ status }) => status.outcomes.some(({ attempt = 1 }) => attempt > 1)).length;
        seen.cancelled += last?.status === 'ABORTED' ? 1 : 0;
      },
      4,
      CASES,
      examples,
    ));

  it('was looked at in the middle of runs, between attempts, and through cancels', () => {
    console.log(`      ${seen.polls} answers, ${seen.between} between 0 and 100 %, ${seen.cancelled} runs cancelled`);
    console.log(`      ${seen.retried} answers during another attempt, ${seen.refused} answers of the AI refused`);
    console.log(`      ${seen.judged} of ${seen.ended} costs judged; this machine held the others up`);
    expect(seen.judged).to.be.above(0);
    expect(seen.between).to.be.above(0);
    expect(seen.cancelled).to.be.above(0);
    expect(seen.retried).to.be.above(0);
    if (seen.judged > seen.ended / 2) expect(seen.refused).to.be.above(0);
  });
});
