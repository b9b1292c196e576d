import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { engineEnd } from '../support/history.ts';
import { useDocuments } from '../support/stack/rows.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

describe('a goal whose table was restored to a time before its execution', function () {
  this.timeout(300_000);
  const stack = useStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '5', ...unkind(AI_SELDOM_FAILS) });
  const client = useDocuments(stack);
  const keyOf = (position: number) => `ACTION#${String(position).padStart(2, '0')}`;
  const table = (name: string) => `${stack().description.prefix}-${name}`;

  /** Runs a goal to its end, and puts its row back to what it was before. */
  async function givenRestored(userId: string) {
    const user = await signIn(stack().url, userId, { isPatient: true });
    const { goalId } = await user.createGoal(titles(2));
    const row = { TableName: table('goals'), Key: { goalId, sk: 'GOAL' } };
    const { Item = {} } = await client().send(new GetCommand(row));
    const { executionArn } = (await user.start(goalId)).body;
    const { outcomes } = await user.waitForEnd(executionArn);
    await engineEnd(stack(), executionArn);
    const deletions = (await user.listTasks(goalId)).map(({ taskId }) => ({
      Delete: { TableName: table('tasks'), Key: { goalId, sk: taskId } },
    }));
    const restoring = { Put: { TableName: table('goals'), Item } };
    await client().send(new TransactWriteCommand({ TransactItems: [...deletions, restoring] }));
    expect(await user.getGoal(goalId)).to.include({ status: 'draft', version: 1 });
    return { user, goalId, executionArn, positions: outcomes.map(({ position }) => position) };
  }

  /** Starts the goal, which must run to its end under the next name. */
  async function expectSecond({ user, goalId }: Awaited<ReturnType<typeof givenRestored>>) {
    const started = await user.start(goalId);
    expect(started.status).to.be.oneOf([202, 200]);
    expect(started.body.executionArn).to.match(new RegExp(`:${goalId}-2$`));
    expect(await user.waitForEnd(started.body.executionArn)).to.include({ status: 'SUCCEEDED' });
    expect(await user.getGoal(goalId)).to.include({ status: 'active' });
    const makers = (await user.listTasks(goalId)).map(({ executionArn }) => executionArn);
    expect(new Set(makers)).to.deep.equal(new Set([started.body.executionArn]));
  }

  it('starts under the next name when only Step Functions still knows the earlier execution', async () => {
    const restored = await givenRestored('restored-all');
    const { executionArn, goalId, positions } = restored;
    const keys = ['EXECUTION', ...positions.map(keyOf)];
    const deletions = keys.map((sk) => ({ TableName: table('workflow-executions'), Key: { executionArn, sk } }));
    // At that time it had one action less, so its input is another: within a minute of the claim, the time does not tell.
    const action = { TableName: table('goals'), Key: { goalId, sk: keyOf(1) } };
    const TransactItems = [...deletions, action].map((Delete) => ({ Delete }));
    await client().send(new TransactWriteCommand({ TransactItems }));
    await expectSecond(restored);
  });

  it('starts under the next name when the record of the earlier execution is still there', async () => {
    const restored = await givenRestored('restored-goals');
    await expectSecond(restored);
    expect(await restored.user.getStatus(restored.executionArn)).to.include({ status: 'SUCCEEDED' });
  });
});
