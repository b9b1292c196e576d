import { expect } from 'chai';
import { ALL_FAULTS } from '../../local/aws/aws-faults.ts';
import { engineEnd } from '../support/history.ts';
import { SEED } from '../support/seed.ts';
import { faultsOf, type ServiceCall, type Survived, useFaultyStack } from '../support/stack/fault-proxy.ts';
import { expectTasksOf } from '../support/stack/saved-tasks.ts';
import { signIn, titles } from '../support/stack/stack.ts';
import { until } from '../support/until.ts';

/** One action succeeds, one is refused for good: the run passes through every state of a partial success. */
const ACTIONS = titles(2, (index) => (index === 0 ? '' : '[ai:denied]'));
/** Every run makes the same calls in the same order: of the faults of AWS, the one that leaves both as they are. */
const QUIET = { AWS_FAULTS: JSON.stringify({ wholeSeconds: ALL_FAULTS.wholeSeconds, seed: SEED }) };

describe('a fault in every call of a run, one after the other', function () {
  this.timeout(600_000);
  // Longer than a step may take, which is a second: its retry runs beside it.
  const { stack, plan } = useFaultyStack({ TIME_SCALE: '0.01', AI_LATENCY_MS: '5', ...QUIET }, { slowMs: 1_100 });

  async function runOnce(index: number | undefined, fault: Survived | undefined): Promise<readonly ServiceCall[]> {
    plan.arm();
    const user = await signIn(stack().url, `faults-${index}-${fault}`, { isPatient: true });
    const goal = await user.createGoal(ACTIONS);
    plan.arm((call) => (call.index === index ? fault : undefined));
    const { executionArn } = (await user.start(goal.goalId)).body;
    // Each question makes the same calls: one while it runs and those once it is over are enough.
    await user.getStatus(executionArn);
    await engineEnd(stack(), executionArn);
    await user.waitForEnd(executionArn);
    const { calls: made } = plan;
    const what = `${fault} in call ${index}: ${JSON.stringify(made[index ?? -1])}`;
    plan.arm();
    // Rule 4: not stuck.
    const after = await user.getGoal(goal.goalId);
    expect(['active', 'partial', 'failed'], what).to.include(after.status);
    // Rule 1: never two at once. A start whose answer was lost may be repeated after its run has ended in part: that
    // starts another run, for the actions without tasks.
    const { executions } = stack().stepFunctions;
    const ran = executions.list().filter((each) => each.executionArn.includes(goal.goalId));
    expect(ran.length, what).to.be.within(1, fault === 'lost' ? 2 : 1);
    const statuses = await Promise.all(ran.map((each) => user.getStatus(each.executionArn)));
    // Of two, the first was settled before the second began; it may still have had people to tell.
    for (const [previous, each] of ran.slice(1).entries())
      expect(each.startDate, what).to.be.at.least(Date.parse(statuses[previous]?.stopDate ?? ''));
    // Rules 2, 3, 6: tasks are there exactly for what is SAVED, each once, all of an action or none.
    const outcomes = statuses.flatMap((each) => each.outcomes);
    await expectTasksOf(user, goal.goalId, statuses, what);
    for (const { outcome, taskCount } of outcomes) expect(outcome, what).to.equal(taskCount > 0 ? 'SAVED' : 'FAILED');
    expect(after.status === 'partial', what).to.equal(outcomes.some(({ outcome }) => outcome === 'SAVED'));
    return made;
  }

  let calls: readonly ServiceCall[] = [];
  before(async () => {
    calls = await runOnce(undefined, undefined);
    expect(calls.length).to.be.above(20);
  });

  /** Executions of which CloudWatch was told. */
  const counted = () =>
    stack()
      .metrics()
      ['GoalActivity/dev']?.find(({ metricName }) => metricName === 'Executions')?.sum;

  it('breaks no rule of the design, whether the call fails, is slow or its answer is lost; and counts each execution once', async () => {
    for (const { index } of calls) for (const fault of faultsOf(index)) await runOnce(index, fault);
    // What a run did not come to count, the sweep does.
    const { length } = stack().stepFunctions.executions.list();
    await until(() => counted() === length, 'each is counted once');
  });
});

describe('a fault in every call of a cancel, one after the other', function () {
  this.timeout(600_000);
  // Batches have 30 s: the hanging actions must not be failed by their timeout, however slow the machine is.
  const { stack, plan } = useFaultyStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '5', ...QUIET }, { slowMs: 400 });

  /** Cancels a run in its middle. */
  async function cancelOnce(index: number | undefined, fault: Survived | undefined): Promise<readonly ServiceCall[]> {
    plan.arm();
    const user = await signIn(stack().url, `cancel-${index}-${fault}`, { isPatient: true });
    const goal = await user.createGoal(titles(2, (position) => (position < 1 ? '' : '[ai:hang]')));
    const { executionArn } = (await user.start(goal.goalId)).body;
    await user.waitFor(executionArn, ({ processedActions }) => processedActions === 1);
    plan.arm((call) => (call.index === index ? fault : undefined));
    expect((await user.cancel(executionArn)).status).to.be.oneOf([200, 409]);
    const status = await user.waitForEnd(executionArn);
    const { calls: made } = plan;
    const what = `${fault} in call ${index}: ${JSON.stringify(made[index ?? -1])}`;
    plan.arm();
    expect(status.status, what).to.equal('ABORTED');
    expect(new Set(status.outcomes.map(({ outcome }) => outcome)), what).to.deep.equal(new Set(['CANCELLED']));
    expect(await user.listTasks(goal.goalId), what).to.deep.equal([]);
    expect((await user.getGoal(goal.goalId)).status, what).to.equal('draft');
    expect(stack().stepFunctions.executions.describe(executionArn).status, what).to.equal('ABORTED');
    return made;
  }

  it('leaves no task behind, whether the call fails, is slow or its answer is lost', async () => {
    const { length } = await cancelOnce(undefined, undefined);
    expect(length).to.be.above(8);
    for (let index = 0; index < length; index += 1) for (const fault of faultsOf(index)) await cancelOnce(index, fault);
  });
});
