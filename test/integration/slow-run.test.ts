import { median } from '@goal-activity/core/pace/pace.ts';
import { expect } from 'chai';
import { engineEnd } from '../support/history.ts';
import { type Answers, useScriptedGoals } from '../support/stack/scripted-goals.ts';
import { AI_NEVER_FAILS, unkind } from '../support/stack/unkind.ts';
import { until } from '../support/until.ts';

/** More than twice as long as is usual, and 5 s longer. */
const slowerThan =
  (usualMs: number): Answers =>
  () => ({ latencyMs: 2 * usualMs + 5_000 });
const QUICK: Answers = () => ({});
/** The first ones wait for processes that start; from 20 on, something is usual. */
const ROUNDS = [3, 22];
const RUNS = 25;

describe('a run whose actions are much slower than those of the last runs', function () {
  this.timeout(300_000);
  const { stack, start } = useScriptedGoals(unkind(AI_NEVER_FAILS));

  /** What CloudWatch was told of executions. */
  const sumOf = (name: string) =>
    stack()
      .metrics()
      ['GoalActivity/dev']?.find(({ metricName }) => metricName === name)?.sum;

  before(async () => {
    // Nobody asks for a status: what is usual would be remembered as unknown for a minute.
    for (const count of ROUNDS) {
      const goals = await Promise.all(Array.from({ length: count }, () => start([QUICK])));
      await Promise.all(goals.map(({ executionArn }) => engineEnd(stack(), executionArn)));
    }
  });

  /** No more than half of the actions took longer than this: a run takes longer than its action. */
  const usualMs = () =>
    median(
      stack()
        .stepFunctions.executions.list()
        .map(({ startDate, stopDate = startDate }) => stopDate - startDate),
    );

  it('says so in its status, while it runs and at its end, and in the metrics; a quick one beside it does not', async () => {
    const slow = slowerThan(usualMs());
    const quick = await start([QUICK, QUICK, slow]);
    const { user, executionArn } = await start([slow, slow, QUICK]);
    const told = await user.waitFor(executionArn, ({ advice, status }) => advice !== null || status !== 'RUNNING');
    expect(told).to.include({ status: 'RUNNING', advice: 'slower_than_usual' });
    expect(await user.waitForEnd(executionArn)).to.include({ status: 'SUCCEEDED', advice: 'slower_than_usual' });
    expect(await quick.user.waitForEnd(quick.executionArn)).to.include({ status: 'SUCCEEDED', advice: null });
    await until(() => sumOf('Executions') === RUNS + 2, 'all are counted');
    expect(sumOf('SlowExecutions')).to.equal(1);
  });
});
