import { expect } from 'chai';
import { useProcesses } from '../support/stack/process.ts';
import { send, signIn, titles } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

const ACTIONS = 32;

describe('kill -9 of the stack', function () {
  this.timeout(300_000);
  const { start } = useProcesses({
    AI_LATENCY_MS: '100-400',
    // When the event of the cut off execution is lost, it is settled once its 900 s are over.
    TIME_SCALE: '0.05',
    ...unkind(AI_SELDOM_FAILS),
  });

  it('during a run leaves the goal not stuck, nothing reported saved lost, nothing doubled, and a new start works', async () => {
    const first = await start();
    const before = await signIn(first.url, 'killed', { isPatient: true });
    const goal = await before.createGoal(titles(ACTIONS));
    const { executionArn } = (await before.start(goal.goalId)).body;
    const seen = await before.waitFor(executionArn, ({ processedActions }) => processedActions >= 6);
    expect(seen.status).to.equal('RUNNING');
    await first.end('SIGKILL');

    const second = await start();
    expect(second.output()).to.contain('cut off');
    const user = await signIn(second.url, 'killed', { isPatient: true });
    const withOldToken = await send(second.url, 'GET', `/api/goals/${goal.goalId}`, { token: before.token });
    expect(withOldToken.status).to.equal(200);
    const ended = await user.waitForEnd(executionArn);
    expect(ended).to.include({ status: 'ABORTED', progressPercentage: 100 });
    expect((await user.getGoal(goal.goalId)).status).to.equal('partial');
    const kept = await user.listTasks(goal.goalId);
    const savedNow = ended.outcomes.filter(({ outcome }) => outcome === 'SAVED').map(({ actionId }) => actionId);
    for (const { actionId, outcome } of seen.outcomes) if (outcome === 'SAVED') expect(savedNow).to.include(actionId);
    expect(new Set(kept.map(({ actionId }) => actionId))).to.deep.equal(new Set(savedNow));

    const again = await user.start(goal.goalId);
    expect(again.status).to.be.oneOf([202, 200]);
    const finished = await user.waitForEnd(again.body.executionArn);
    expect(finished).to.include({ status: 'SUCCEEDED', totalActions: ACTIONS - savedNow.length });
    const tasks = await user.listTasks(goal.goalId);
    expect(new Set(tasks.map(({ taskId }) => taskId)).size).to.equal(tasks.length);
    expect(new Set(tasks.map(({ actionId }) => actionId)).size).to.equal(ACTIONS);
    expect(tasks.filter((task) => task.executionArn === executionArn).map(({ taskId }) => taskId)).to.deep.equal(
      kept.map(({ taskId }) => taskId),
    );
    expect((await user.getGoal(goal.goalId)).status).to.equal('active');
    expect(await second.end('SIGTERM')).to.equal(0);
  });
});
