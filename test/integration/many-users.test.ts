import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { TIMES } from '../support/seed.ts';
import { signIn, statusPath, titles, useStack } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

/** `make soak` has more, as of every random test. */
const USERS = TIMES > 1 ? 20 : 5;
/** Those of three batches are at work at the same time: more would only come later. */
const ACTIONS = TIMES > 1 ? 64 : 24;

describe(`${USERS} goals of ${ACTIONS} actions at once by ${USERS} users`, function () {
  this.timeout(300_000);
  // They ask for 24 AI calls each at once, far more than are reserved: see unkind.test.ts for that.
  const stack = useStack({ AI_LATENCY_MS: '500-1500', ...unkind({ ...AI_SELDOM_FAILS, lambdaConcurrency: 0 }) });

  it('give every action its outcome, every task once, none lost, none seen by another user (rule 5)', async () => {
    const { url, stateEntries } = stack();
    const users = await Promise.all(
      Array.from({ length: USERS }, (_, index) => signIn(url, `user-${index}`, { isPatient: true })),
    );
    const runs = await Promise.all(
      users.map(async (user) => {
        const { goalId, actions } = await user.createGoal(titles(ACTIONS));
        return { user, goalId, actions, executionArn: (await user.start(goalId)).body.executionArn };
      }),
    );
    let outcomes = 0;
    const taskIds = new Set<string>();
    for (const { user, goalId, actions, executionArn } of runs) {
      const status = await user.waitForEnd(executionArn);
      expect(status).to.include({ status: 'SUCCEEDED', totalActions: ACTIONS });
      outcomes += status.outcomes.filter(({ outcome }) => outcome === 'SAVED').length;
      const tasks = await user.listTasks(goalId);
      const expected = status.outcomes.flatMap(({ actionId, taskCount }) =>
        Array.from({ length: taskCount }, (_, index) => `${actionId}#${index}`),
      );
      expect(tasks.map(({ taskId }) => taskId).sort()).to.deep.equal(expected.sort());
      expect(new Set(tasks.map((task) => task.executionArn))).to.deep.equal(new Set([executionArn]));
      expect(new Set(tasks.map(({ actionId }) => actionId))).to.deep.equal(
        new Set(actions.map(({ actionId }) => actionId)),
      );
      for (const { taskId } of tasks) {
        expect(taskIds.has(taskId)).to.equal(false);
        taskIds.add(taskId);
      }
      expect(stateEntries(executionArn)).to.be.at.most(160);
    }
    expect(outcomes).to.equal(USERS * ACTIONS);
    const timeouts = readFileSync(stack().logFile, 'utf8').match(/did not establish a connection/g) ?? [];
    expect(timeouts, 'no Lambda waits for a socket in vain').to.deep.equal([]);
    const [first, second] = runs;
    if (first === undefined || second === undefined) throw new Error('two runs at least');
    expect((await first.user.call('GET', `/api/goals/${second.goalId}`)).status).to.equal(404);
    expect((await first.user.call('GET', `/api/goals/${second.goalId}/tasks`)).status).to.equal(404);
    expect((await first.user.start(second.goalId)).status).to.equal(404);
    expect((await first.user.cancel(second.executionArn)).status).to.equal(404);
    expect((await first.user.call('GET', statusPath(second.executionArn))).status).to.equal(404);
  });
});
