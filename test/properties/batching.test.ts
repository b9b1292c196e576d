import { expect } from 'chai';
import fc from 'fast-check';
import { mostAtOnce } from '../support/ai-script.ts';
import type { Span } from '../support/history.ts';
import { CASES, check, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { useScriptedGoals } from '../support/stack/scripted-goals.ts';
import { unkind } from '../support/stack/unkind.ts';

/** Each case is an action; so many are of one goal, on average. */
const ACTIONS = 3;
/** Requirement 2. */
const ACTIONS_AT_ONCE = 8;
const BATCHES_AT_ONCE = 3;
/** Requirement 3: the first call, and 3 retries. */
const MOST_CALLS = 4;

describe('a run of 1 to 64 actions', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const { run } = useScriptedGoals({ TIME_SCALE: '0.1', ...unkind() });

  /** The most that were open at once, by the order of the engine's events. */
  const mostOpen = (spans: readonly Span[]) =>
    mostAtOnce(spans.map(({ startId, endId }) => ({ startedAt: startId, endedAt: endId ?? Number.POSITIVE_INFINITY })));

  async function runAndCheck(latencies: readonly number[]) {
    const { user, goal, status, calls, history } = await run(latencies.map((latencyMs) => () => ({ latencyMs })));

    // Each action once, in order; one that an unkind AI never answers has all its calls, and no tasks.
    const order = goal.actions.map(({ actionId, position }) => ({ actionId, position }));
    expect(order.map(({ position }) => position)).to.deep.equal([...latencies.keys()]);
    expect(status.outcomes.map(({ actionId, position }) => ({ actionId, position }))).to.deep.equal(order);
    const answers = calls.map((ofAction) => ofAction.filter(({ outcome }) => outcome === 'answer').length);
    expect(answers).to.deep.equal(calls.map(({ length }, at) => (length === MOST_CALLS && answers[at] === 0 ? 0 : 1)));
    const answered = order.flatMap(({ actionId }, at) => (answers[at] === 1 ? actionId : [])).sort();
    expect(status.status === 'SUCCEEDED').to.equal(answered.length === latencies.length);
    const actionsWithTasks = new Set((await user.listTasks(goal.goalId)).map(({ actionId }) => actionId));
    expect([...actionsWithTasks].sort()).to.deep.equal(answered);
    const generated = history.invocations('GenerateTasks').filter(({ error }) => error === undefined);
    expect(generated.map(({ input }) => Reflect.get(Object(input), 'actionId')).sort()).to.deep.equal(answered);

    // Batch k holds the positions from 8k on.
    const batches = history.entries('ProcessActions');
    expect(batches.length).to.equal(Math.ceil(latencies.length / ACTIONS_AT_ONCE));
    for (const { batch, input } of batches) {
      const from = batch * ACTIONS_AT_ONCE;
      expect(Reflect.get(Object(input), 'actions'), `batch ${batch}`).to.deep.equal(
        order.slice(from, from + ACTIONS_AT_ONCE),
      );
    }

    // How many at once: as the engine counts, and as the AI sees it.
    const actions = history.iterations('ProcessActions');
    expect(actions.length).to.equal(latencies.length);
    expect(mostOpen(history.iterations('ProcessBatches'))).to.be.at.most(BATCHES_AT_ONCE);
    for (const { batch } of batches)
      expect(mostOpen(actions.filter((each) => each.batch === batch)), `batch ${batch}`).to.be.at.most(ACTIONS_AT_ONCE);
    const calling = calls.flatMap((ofAction, position) => ofAction.map((call) => ({ ...call, position })));
    const mostCalls = mostAtOnce(calling);
    expect(mostCalls).to.be.at.most(BATCHES_AT_ONCE * ACTIONS_AT_ONCE);
    for (const { startedAt } of calling) {
      const then = calling.filter((call) => call.startedAt <= startedAt && startedAt < call.endedAt);
      const batchesThen = new Set(then.map(({ position }) => Math.floor(position / ACTIONS_AT_ONCE)));
      expect(batchesThen.size).to.be.at.most(BATCHES_AT_ONCE);
    }
    return { mostCalls, mostBatches: mostOpen(history.iterations('ProcessBatches')) };
  }

  // Shrinking takes actions away, and leaves the latencies of the others as they are.
  const latency = fc.noShrink(fc.integer({ min: 1, max: 20 }));
  const anySize = fc.oneof(
    { weight: 40, arbitrary: fc.array(latency, { minLength: 1, maxLength: 2 * ACTIONS - 1, size: 'max' }) },
    { weight: 1, arbitrary: fc.array(latency, { minLength: 6, maxLength: 30, size: 'max' }) },
  );
  /** On both sides of what fills a batch, and of what fills all batches that run at once; the largest goals. */
  const limits = [8, 9, 24, 25].map((size) => Array.from({ length: size }, (_, index) => 1 + ((index * 7) % 20)));
  /** Slow calls pile up. */
  limits.push(Array.from({ length: 64 }, () => 700));
  const most = { calls: 0, batches: 0 };

  it('handles each action once and in order, in batches of at most 8, 3 batches and 24 AI calls at a time', () =>
    check(
      fc.asyncProperty(anySize, async (latencies) => {
        const { mostCalls, mostBatches } = await runAndCheck(latencies);
        most.calls = Math.max(most.calls, mostCalls);
        most.batches = Math.max(most.batches, mostBatches);
      }),
      limits.length + CASES / ACTIONS,
      limits.map((latencies): [number[]] => [latencies]),
    ));

  it('really makes more than 8 calls at once', () => {
    expect(most.calls).to.be.above(ACTIONS_AT_ONCE);
    expect(most.batches).to.equal(BATCHES_AT_ONCE);
  });
});
