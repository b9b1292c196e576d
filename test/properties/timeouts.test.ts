import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../local/aws/bedrock/bedrock.ts';
import { groupOf } from '../support/group.ts';
import { type ExecutionHistory, type Invocation, ofAction } from '../support/history.ts';
import { CASES, checkTogether, PROPERTY_LIMIT_MS, TIMES } from '../support/seed.ts';
import { expectTasksOf } from '../support/stack/saved-tasks.ts';
import { useScriptedGoals } from '../support/stack/scripted-goals.ts';
import type { Status } from '../support/stack/stack.ts';
import { AI_NEVER_FAILS, unkind } from '../support/stack/unkind.ts';

const TIME_SCALE = 0.01;
/** Each case is an action; so many are of one goal. */
const ACTIONS = 4;
const scaled = (seconds: number) => seconds * 1000 * TIME_SCALE;
/** Requirement 4, in milliseconds of this stack. */
const LIMIT = { aiCall: scaled(120), batch: scaled(300), execution: scaled(900) } as const;
/** Timers may fire a millisecond early, and times are read in whole ones. */
const TIMER_MS = 2;
/** A busy machine may hold up for so long what ends a step; without a limit, steps that hang would last longer still. */
const HELD_UP_MS = 5_000;

/** How long one AI call takes, in seconds before scaling. */
type Latency = number | 'hang';
/** What the calls of one action take, one after the other; later ones take a second. */
type Action = readonly Latency[];

const lasted = ({ startedAt, endedAt = startedAt }: { startedAt: number; endedAt?: number | undefined }) =>
  endedAt - startedAt;
const wasDone = ({ error, endedAt }: Invocation) => error === undefined && endedAt !== undefined;
/** When the 300 s of the batch are over to which a step's input belongs. */
const batchEnd = (input: unknown) => Date.parse(Object(input).batchStartedAt) + LIMIT.batch;

/** Here AI calls fail by time alone. */
const UNKIND = unkind({
  ...AI_NEVER_FAILS,
  // Full goals at once, whose waits for a free Lambda are a hundredth of what they are on AWS, would use these up.
  lambdaConcurrency: 0,
  // The SDK waits for up to 1 s before it asks a busy database again: that would be 100 s of a batch.
  databaseThrottle: 0,
  // 300 ms would be 30 s here, which outlasts the retries of a message.
  outageMs: 15,
});

describe('a run whose AI calls take any time, or for ever', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const goals = useScriptedGoals({ TIME_SCALE: String(TIME_SCALE), ...UNKIND });
  const { stack } = goals;

  async function run(actions: readonly Action[]) {
    const answers = actions.map((latencies) => (call: number): ScriptedAnswer => {
      const latency = latencies[call - 1] ?? 1;
      return latency === 'hang' ? { fault: 'hang' } : { latencyMs: scaled(latency) };
    });
    return { ...(await goals.run(answers)), what: JSON.stringify(actions) };
  }
  type Run = Awaited<ReturnType<typeof run>>;

  /** Nothing goes on beyond its limit, if not by what a busy machine adds; test/performance/ measures how much that is. */
  function checkUpperBounds({ what, status, calls, history }: Run): void {
    for (const call of calls.flat())
      expect(lasted(call), `an AI call of ${what}`).to.be.at.most(LIMIT.aiCall + HELD_UP_MS);
    for (const { input, error, startedAt, endedAt = startedAt } of history.invocations('GenerateTasks'))
      expect(endedAt, `a step with an AI call, ${error}, of ${what}`).to.be.at.most(batchEnd(input) + HELD_UP_MS);
    for (const { input, error, startedAt } of history.invocations('SaveTasks'))
      if (error === undefined) expect(startedAt, `a late save of ${what}`).to.be.at.most(batchEnd(input) + HELD_UP_MS);
    const { stopDate = 0, startDate } = stack().stepFunctions.executions.describe(status.executionArn);
    expect(stopDate - startDate, `the execution of ${what}`).to.be.at.most(LIMIT.execution + HELD_UP_MS);
  }

  /** Nothing is given up before its limit. No AI call of this file fails but by time. */
  function checkLowerBounds({ what, status, history }: Run): void {
    const generate = stack().description.functions.find(({ name }) => name === 'generate-tasks');
    const aiTimeout = Number(generate?.environment.AI_TIMEOUT_MS) * TIME_SCALE;
    const leastOf: Record<string, (failed: Invocation) => number> = {
      TransientError: ({ startedAt }) => startedAt + aiTimeout,
      'States.Timeout': ({ startedAt }) => startedAt + LIMIT.aiCall,
      BatchTimeout: ({ input }) => batchEnd(input),
    };
    for (const failed of history.invocations('GenerateTasks')) {
      if (failed.error === undefined) continue;
      const least = leastOf[failed.error]?.(failed);
      expect(least, `${failed.error} in ${what}`).to.be.a('number');
      expect(failed.endedAt, `${failed.error} in ${what}`).to.be.at.least((least ?? 0) - TIMER_MS);
    }
    const { stopDate = 0, startDate } = stack().stepFunctions.executions.describe(status.executionArn);
    if (status.status === 'TIMED_OUT') expect(stopDate - startDate, what).to.be.at.least(LIMIT.execution - TIMER_MS);
  }

  const engineStatusOf = (executionArn: string) => stack().stepFunctions.executions.describe(executionArn).status;

  /**
   * How a run may be recorded as ended: by the first of its steps that was answered to settle it. One that was given up may have
   * done so, too. A step outside the batches that a busy machine has held up again and again fails the run, whatever was
   * saved; one that ran into the 900 s after it was settled, telling people, keeps its status.
   */
  function possibleStatuses(executionArn: string, history: ExecutionHistory, byOutcome: Status['status']) {
    const possible: Status['status'][] = [];
    for (const { state, settlesAs } of [
      { state: 'UpdateGoalStatus', settlesAs: byOutcome },
      { state: 'HandleError', settlesAs: 'FAILED' as const },
    ]) {
      const tries = history.invocations(state);
      if (tries.length > 0) possible.push(settlesAs);
      if (tries.some(wasDone)) return possible;
    }
    const engineStatus = engineStatusOf(executionArn);
    return engineStatus === 'TIMED_OUT' ? [...possible, engineStatus] : possible;
  }

  /** What was saved stays, and the record says how the run ended. */
  async function checkRecord({ what, user, goal, status, history }: Run): Promise<void> {
    const saved = status.outcomes.flatMap(({ outcome, position }) => (outcome === 'SAVED' ? position : []));
    for (const step of history.invocations('SaveTasks'))
      if (wasDone(step)) expect(saved, `saved in ${what}`).to.include(ofAction(step, 'position'));
    await expectTasksOf(user, goal.goalId, [status], what);

    const total = status.totalActions;
    expect(saved.length + status.failedActions.length, what).to.equal(total);
    const byOutcome = saved.length === total ? 'SUCCEEDED' : saved.length > 0 ? 'PARTIALLY_SUCCEEDED' : 'FAILED';
    expect(status.status, what).to.be.oneOf(possibleStatuses(status.executionArn, history, byOutcome));
    const goalStatus = saved.length === total ? 'active' : saved.length > 0 ? 'partial' : 'failed';
    expect((await user.getGoal(goal.goalId)).status, what).to.equal(goalStatus);

    const failures = [...history.invocations('GenerateTasks'), ...history.invocations('SaveTasks')];
    // A try that failed may have recorded nothing before the execution was over.
    const recorded = history.invocations('ActionFailed').filter(wasDone);
    const engineStatus = engineStatusOf(status.executionArn);
    const handled = history.invocations('HandleError').map(({ input }) => Object(input).error?.Error);
    for (const { actionId, error } of status.failedActions) {
      const isOf = (step: Invocation) => ofAction(step, 'actionId') === actionId;
      const last = failures.findLast((each) => isOf(each) && each.error !== undefined);
      if (recorded.some(isOf)) expect(error, what).to.equal(last?.error);
      else expect([status.status, engineStatus, last?.error, ...handled], what).to.include(error);
    }
  }

  /** Requirement 4: each timeout is in the log with its execution. */
  function checkLog({ what, status, history }: Run, log: string): void {
    const lines = log.split('\n').filter((line) => line.includes(status.executionArn));
    const errors = history.invocations('GenerateTasks').map(({ error }) => error);
    for (const logged of ['BatchTimeout', 'TransientError'].filter((error) => errors.includes(error)))
      expect(lines.join(), what).to.contain(`"errorName":"${logged}"`);
    expect(lines.join().includes('"status":"TIMED_OUT"'), what).to.equal(status.status === 'TIMED_OUT');
  }

  async function runAndCheck(actions: readonly Action[]): Promise<Run> {
    const ended = await run(actions);
    checkUpperBounds(ended);
    checkLowerBounds(ended);
    await checkRecord(ended);
    checkLog(ended, readFileSync(stack().logFile, 'utf8'));
    return ended;
  }

  const latency = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 2, arbitrary: fc.integer({ min: 100, max: 130 }) },
    { weight: 1, arbitrary: fc.integer({ min: 130, max: 1_000 }) },
    { weight: 1, arbitrary: fc.constant<Latency>('hang') },
  );
  const action = fc.array(latency, { minLength: 1, maxLength: 4, size: 'max' });

  it('has no AI call of more than 120 s and no batch of more than 300 s, gives none up before, and keeps what was saved', () =>
    checkTogether(groupOf(action, ACTIONS), async (actions) => void (await runAndCheck(actions)), 10, CASES / ACTIONS));

  /** Seven batches come in three rounds. Those of a large goal have an action like this each, and others that are quick. */
  const largeGoal = (slow: fc.Arbitrary<Action>) =>
    fc
      .record({ slow, actionCount: fc.integer({ min: 49, max: 56 }), place: fc.integer({ min: 0, max: 7 }) })
      .map(({ slow, actionCount, place }) =>
        Array.from({ length: actionCount }, (_, position) =>
          position % 8 === place || position === actionCount - 1 ? slow : [5],
        ),
      );
  /** It hangs at each call, so that its batch lasts for its 300 s. */
  const hanging = fc.constant<Action>(['hang', 'hang', 'hang', 'hang']);
  /** It answers late and at its second call, so that three rounds take over 600 s. */
  const late = fc.integer({ min: 85, max: 95 }).map((seconds): Action => ['hang', seconds]);

  /** Cases of a large goal: each takes up to 900 s. */
  const large = TIMES === 1 ? 1 : 3;

  it('is ended after 900 s when its batches need more, not before, and keeps what was saved', () =>
    checkTogether(
      largeGoal(hanging),
      async (actions) => {
        const { what, status, history } = await runAndCheck(actions);
        if (history.invocations('HandleError').length > 0) return; // a busy machine has ended it before
        expect(status.status, what).to.equal('TIMED_OUT');
      },
      2,
      large,
    ));

  it('is left to its own end when its batches need less than 900 s, if not much less', () =>
    checkTogether(
      largeGoal(late),
      async (actions) => {
        const { what, status, history } = await runAndCheck(actions);
        const lastedMs = Date.parse(status.stopDate ?? '') - Date.parse(status.startDate);
        // A machine that holds it up may make it last for its 900 s, which has been checked by now, or give a step up.
        if (status.status === 'TIMED_OUT' || history.invocations('HandleError').length > 0) return;
        expect(lastedMs, what).to.be.at.least(scaled(600));
        console.log(`      came to its own end after ${Math.round(lastedMs / scaled(1))} s`);
      },
      // One at a time: several hold each other up, and may all last for their 900 s.
      1,
      large,
    ));
});
