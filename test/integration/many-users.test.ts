import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { TIMES } from '../support/seed.ts';
import { expectTasksOf } from '../support/stack/saved-tasks.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
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
    for (const { user, goalId, actions, executionArn } of runs) {
      const status = await user.waitForEnd(executionArn);
      expect(status).to.include({ status: 'SUCCEEDED', totalActions: ACTIONS });
      expect(status.outcomes.every(({ outcome }) => outcome === 'SAVED')).to.equal(true);
      const tasks = await expectTasksOf(user, goalId, [status]);
      expect([...new Set(tasks.map(({ actionId }) => actionId))]).to.have.members(
        actions.map(({ actionId }) => actionId),
      );
      expect(stateEntries(executionArn)).to.be.at.most(160);
    }
    const timeouts = readFileSync(stack().logFile, 'utf8').match(/did not establish a connection/g) ?? [];
    expect(timeouts, 'no Lambda waits for a socket in vain').to.deep.equal([]);
  });
});
