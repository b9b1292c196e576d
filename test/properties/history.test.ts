import type { Timeline, TimelineEvent } from '@goal-activity/get-history/src/timeline.ts';
import { expect } from 'chai';
import fc from 'fast-check';
import { AiScript } from '../support/ai-script.ts';
import { type Level, levelsOf } from '../support/definition.ts';
import { ExecutionHistory, stateEntered } from '../support/history.ts';
import { CASES, checkTogether, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { numberOf, useRows } from '../support/stack/rows.ts';
import { eventually, type Goal, type Status, signIn, type User, useStack } from '../support/stack/stack.ts';
import { stopExecution } from '../support/stack/stop-execution.ts';
import { startFor, unkind } from '../support/stack/unkind.ts';

/** States that the executions have entered when the engine stops. */
const CUT_AFTER = [0, 1, 3, 5, 7, 9];
/** Each try of an action makes one AI call: the database fails none three times in a row. */
const UNKIND = unkind({
  databaseThrottle: 0.0008,
  databaseError: 0.0004,
  // 300 ms would be 15 s here, which outlasts the retries of a message.
  outageMs: 30,
  // Each case waits for a list.
  indexLagMs: 50,
});
/** What the AI makes of an action, as a tag in its title. */
const TAGS = { saved: '', denied: '[ai:denied]', 'throttled once': '[ai:throttle=1]', 'hangs for ever': '[ai:hang]' };
type Kind = keyof typeof TAGS;
const ENDS = ['by itself', 'cancelled', 'stopped from outside', 'failed by a step'] as const;

interface Run {
  readonly userId: string;
  readonly user: User;
  readonly goal: Goal;
  readonly kinds: readonly Kind[];
  readonly executionArn: string;
}

const kind = fc.constantFrom<Kind>('saved', 'saved', 'denied', 'throttled once');
const plan = fc.record({
  /** Three batches of them in a few cases. */
  kinds: fc.oneof(
    { weight: 30, arbitrary: fc.array(kind, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(kind, { minLength: 9, maxLength: 18 }) },
  ),
  end: fc.constantFrom(...ENDS),
  /** How many states are entered before it is cancelled or stopped, if it lives that long. */
  entries: fc.nat(15),
  look: fc.nat(14),
});

type Plan = typeof plan extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** One case of each end, whatever the seed; what is ended from outside lasts until then, however busy this machine is. */
const examples: Plan[] = [
  { kinds: ['saved'], end: 'by itself', entries: 0, look: 0 },
  { kinds: ['saved', 'denied'], end: 'by itself', entries: 0, look: 1 },
  { kinds: ['denied'], end: 'by itself', entries: 0, look: 2 },
  { kinds: ['hangs for ever'], end: 'cancelled', entries: 2, look: 3 },
  { kinds: ['hangs for ever'], end: 'stopped from outside', entries: 2, look: 4 },
  { kinds: ['saved'], end: 'failed by a step', entries: 0, look: 5 },
];
/** Cases at the same time: they mostly wait. */
const AT_A_TIME = 4;

describe('the history of an execution', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const script = new AiScript();
  /** Goals whose executions fail, since one of their steps does. */
  const failing = new Set<string>();
  const stack = useStack(
    { TIME_SCALE: '0.02', AI_LATENCY_MS: '1-10', ...UNKIND },
    {
      ai: script.ai,
      onDisk: true,
      async aroundTask({ executionArn, stateName }, call) {
        if (stateName === 'AggregateResults' && [...failing].some((goalId) => executionArn.includes(goalId)))
          throw Object.assign(new Error('a fault of the test'), { name: 'TransientError' });
        return call();
      },
    },
  );
  const rows = useRows(stack);
  let runs = 0;
  let slow: Run;

  const titleOf = (goalNumber: number, position: number) => `Walk ${position} on day ${goalNumber}`;

  async function begin(kinds: readonly Kind[], end?: Plan['end']): Promise<Run> {
    runs += 1;
    const number = runs;
    const userId = `history-${number}`;
    const user = await signIn(stack().url, userId, { isPatient: true });
    const goal = await user.createGoal(kinds.map((each, at) => `${titleOf(number, at)} ${TAGS[each]}`.trim()));
    if (end === 'failed by a step') failing.add(goal.goalId);
    return { userId, user, goal, kinds, executionArn: await startFor(user, goal.goalId) };
  }

  const untilEntered = ({ executionArn }: Run, entries: number) => stateEntered(stack(), executionArn, entries);
  const historyOf = ({ user, executionArn }: Run) => user.historyOf(executionArn);
  const list = async ({ user }: Run, query: Record<string, string>) =>
    (await user.call<{ items: Status[] }>('GET', `/api/workflows?${new URLSearchParams(query)}`)).body.items;

  /** In the order of time, with the end last. */
  function expectInOrder({ events, states }: Timeline, startDate: string): void {
    for (const [index, event] of events.entries()) {
      const before = events[index - 1];
      expect(event.at >= (before?.at ?? startDate), `${event.at} after ${before?.at}`).to.equal(true);
      expect(event.id).to.be.above(before?.id ?? 0);
    }
    expect(events.filter((event) => event.kind === 'end')).to.deep.equal(events.slice(-1));
    const end = events.at(-1)?.at ?? '';
    for (const { state, startDate: entered, stopDate } of states) {
      const times = [entered, stopDate ?? '', end];
      expect(times, state).to.deep.equal(times.toSorted());
    }
    const starts = states.map((state) => state.startDate);
    expect(starts).to.deep.equal(starts.toSorted());
  }

  /** A way through a level of the definition: from its start, each state one that may follow, to its end if it got there. */
  function expectPath(level: Level, path: readonly string[], isWhole: boolean): void {
    const shown = path.join(' → ');
    if (path.length > 0) expect(path[0], shown).to.equal(level.startAt);
    for (const [index, state] of path.slice(1).entries())
      expect([...(level.following.get(path[index] ?? '') ?? [])], shown).to.include(state);
    if (isWhole) expect([...level.last], shown).to.include(path.at(-1));
  }

  /** Every state that the engine entered, once each, in the definition's order. */
  async function expectComplete(run: Run, { events, states }: Timeline): Promise<void> {
    const { executions } = stack().stepFunctions;
    const { status, error } = executions.describe(run.executionArn);
    // On a machine that is held up, HandleError itself may be given up, which ends the execution in it.
    const isWhole = status === 'SUCCEEDED' || (status === 'FAILED' && error !== 'States.Timeout');
    const entered = events.filter((event) => event.kind === 'state');
    expect(events[0]).to.include({ kind: 'state', state: 'ValidateInput' });
    expect(entered).to.have.length(executions.stateEntries(run.executionArn));
    expect(events.at(-1)?.error ?? undefined).to.equal(status === 'TIMED_OUT' ? 'States.Timeout' : error);
    const [whole, batch, action] = levelsOf(stack().description.stateMachine.definition);
    if (whole === undefined || batch === undefined || action === undefined) throw new Error('a level is missing');
    const namesIn = (level: Level, among: readonly TimelineEvent[]) =>
      among.flatMap(({ kind, state }) => (kind === 'state' && state !== null && level.types.has(state) ? state : []));
    expectPath(whole, namesIn(whole, events), isWhole);
    const gotToBatches = entered.some(({ state }) => state === 'AggregateResults');
    for (const { actionId, position, title } of run.goal.actions) {
      const own = events.filter((event) => event.actionId === actionId);
      expectPath(action, namesIn(action, own), gotToBatches);
      if (!gotToBatches) continue;
      const generating = own.filter((event) => event.state === 'GenerateTasks');
      const failures = generating.filter((event) => event.kind === 'failure').map((event) => event.error);
      // On a machine that is held up, 120 s or 30 s of the definition may be over before a Lambda had its turn.
      if (failures.includes('States.Timeout')) continue;
      // What the mock of the AI saw agrees with what the timeline tells.
      const calls = (await script.callsOf(title.replace(/ \[.*/, ''))).map(({ outcome }) => outcome);
      expect(generating.filter((event) => event.kind !== 'failure').length, title).to.equal(calls.length);
      const kind = run.kinds[position] ?? 'saved';
      if (kind === 'hangs for ever') continue;
      const firstCall = { saved: [], denied: ['denied'], 'throttled once': ['throttle'] }[kind];
      expect(calls.slice(0, firstCall.length), title).to.deep.equal(firstCall);
      const failed = calls.filter((outcome) => outcome !== 'answer');
      const errors = failed.map((outcome) => (outcome === 'denied' ? 'PermanentError' : 'TransientError'));
      expect(failures, title).to.deep.equal(errors);
    }
    if (gotToBatches) {
      const batches = Math.ceil(run.goal.actions.length / 8);
      for (const name of [batch.startAt, 'UpdateProgress'])
        expect(states.find(({ state }) => state === name)?.count, name).to.equal(batches);
    }
    for (const { durationMs } of events) expect(durationMs).to.be.a('number');
    for (const { state, startDate, stopDate, durationMs } of states)
      expect(Date.parse(stopDate ?? '') - Date.parse(startDate), state).to.equal(durationMs);
    const counts = Array.from(
      Map.groupBy(entered, ({ state }) => state),
      ([state, { length }]) => [state, length],
    );
    expect(states.map(({ state, count }) => [state, count])).to.have.deep.members(counts);
  }

  /**
   * The record: closed, counted as its outcomes and tasks are, kept 90 days, found by a filter that fits and by none
   * that does not.
   * @param look which filters
   */
  async function expectRecord(run: Run, look = 0): Promise<Status> {
    const { user, goal, executionArn } = run;
    const status = await user.waitForEnd(executionArn);
    const { startDate } = status;
    const stopDate = status.stopDate ?? '';
    expect(status).to.include({ progressPercentage: 100, totalActions: goal.actions.length, currentState: 'Ended' });
    expect(stopDate >= startDate, `${startDate} to ${stopDate}`).to.equal(true);
    const count = (outcome: string) => status.outcomes.filter((each) => each.outcome === outcome).length;
    const tasks = await user.listTasks(goal.goalId);
    const { goalId } = goal;
    const same = { executionArn, goalId, status: status.status, startDate, stopDate, summary: status.summary };
    const counts = { totalActions: goal.actions.length, savedActions: count('SAVED'), failedActions: count('FAILED') };
    const later = (time: string) => new Date(Date.parse(time) + 1).toISOString();
    const range = { from: startDate, to: later(startDate) };
    const found = [{}, { goalId }, { status: status.status }, range, { goalId, status: status.status, ...range }];
    await eventually(async () => {
      const items = await list(run, found[look % found.length] ?? {});
      expect(items).to.have.length(1);
      expect(items[0]).to.include({ ...same, ...counts, taskCount: tasks.length });
    });
    const other = status.status === 'FAILED' ? 'ABORTED' : 'FAILED';
    const misses = [{ status: other }, { from: later(startDate) }, { to: startDate }];
    expect(await list(run, misses[look % misses.length] ?? {})).to.deep.equal([]);
    const stored = await rows.of('workflow-executions', executionArn);
    expect(stored).not.to.have.length(0);
    for (const row of stored)
      expect(numberOf(row, 'expiresAt') - Math.floor(Date.parse(startDate) / 1000)).to.equal(90 * 86_400);
    return status;
  }

  async function expectWholeHistory(run: Run, look = 0): Promise<{ status: Status; history: Timeline }> {
    await untilEntered(run, Infinity);
    const status = await expectRecord(run, look);
    // While Step Functions does not answer, the history has what the record tells, and no more.
    const history = await eventually(async () => {
      const timeline = await historyOf(run);
      expectInOrder(timeline, status.startDate);
      await expectComplete(run, timeline);
      return timeline;
    });
    return { status, history };
  }

  before(async () => {
    // It takes 18 s; the property is checked meanwhile.
    const hanging = Array.from({ length: 49 }, (_, at): Kind => (at % 8 === 0 ? 'hangs for ever' : 'saved'));
    slow = await begin(hanging);
  });
  const seen = new Set<string>();
  const kept: { run: Run; history: Timeline }[] = [];

  it('is complete and in order, however it ended: by itself, cancelled or stopped at any moment, or by a step that fails', async () => {
    await checkTogether(
      plan,
      async ({ kinds, end, entries, look }) => {
        const run = await begin(kinds, end);
        if (end === 'cancelled' || end === 'stopped from outside') await untilEntered(run, entries);
        if (end === 'cancelled') expect((await run.user.cancel(run.executionArn)).status).to.be.oneOf([200, 409]);
        if (end === 'stopped from outside') await stopExecution(stack(), run.executionArn);
        const { status, history } = await expectWholeHistory(run, look);
        seen.add(`${end}: ${status.status}`);
        if (kept.length < 5) kept.push({ run, history });
      },
      AT_A_TIME,
      CASES,
      examples,
    );
    expect([...seen]).to.include.members([
      'by itself: SUCCEEDED',
      'by itself: PARTIALLY_SUCCEEDED',
      'by itself: FAILED',
      'cancelled: ABORTED',
      'stopped from outside: ABORTED',
      'failed by a step: FAILED',
    ]);
  });

  it('is complete and in order after a timeout', async () => {
    const { status } = await expectWholeHistory(slow);
    // A step that this machine holds up again and again fails it before its 900 s are over.
    const isHeldUp = new ExecutionHistory(stack(), slow.executionArn).givenUp().length > 0;
    expect(status.status).to.be.oneOf(['TIMED_OUT', ...(isHeldUp ? ['FAILED'] : [])]);
  });

  it('outlives a stop of the engine; of what was cut off then, it tells what was recorded', async () => {
    const cut = await Promise.all(CUT_AFTER.map(() => begin(['saved', 'denied', 'hangs for ever'])));
    await Promise.all(cut.map((run, index) => untilEntered(run, CUT_AFTER[index] ?? 0)));
    await stack.restart();
    const again = async (run: Run) => ({ ...run, user: await signIn(stack().url, run.userId, { isPatient: true }) });
    for (const { run, history } of kept)
      await eventually(async () => expect(await historyOf(await again(run))).to.deep.equal(history));
    expect(stack().recovered).to.have.length.above(0);
    for (const run of await Promise.all(cut.map(again))) {
      const { status, outcomes, startDate } = await expectRecord(run);
      if (!stack().recovered.includes(run.executionArn)) continue;
      const history = await historyOf(run);
      expectInOrder(history, startDate);
      const { kind, error } = history.events.at(-1) ?? {};
      expect(kind).to.equal('end');
      // A run that was cut off after its last step had been settled by that, as failed where a step was given up before.
      expect(error).to.be.oneOf(status === 'ABORTED' ? ['LocalStack.Restarted'] : [null, 'States.Timeout']);
      const told = history.events.flatMap(({ actionId, kind }) => (actionId === null ? [] : `${kind} ${actionId}`));
      expect(told).to.have.members(
        outcomes.map(({ actionId, outcome }) => `${outcome === 'SAVED' ? 'state' : 'failure'} ${actionId}`),
      );
    }
  });
});
