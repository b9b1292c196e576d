import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '@goal-activity/core/errors.ts';
import { actionKey } from '@goal-activity/core/goal/rows.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { cancelled, intercepted, refusing } from '../../core/test/support/failing.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { givenStart } from '../../core/test/support/tools.ts';
import { startWorkflow } from '../../start-workflow/src/start-workflow.ts';
import { type AddTask, addTask } from '../src/add-task.ts';
import { removeTask } from '../src/change-task.ts';

describe('a task that a person adds', () => {
  const { db, goalOf, actionsOf, tasksOf, givenGoal } = useTables();

  async function given() {
    const goal = await givenGoal(2);
    const actionId = (await actionsOf(goal.goalId))[1]?.actionId ?? '';
    const body = { actionId, title: ' Buy socks ', type: 'execution', estimatedMinutes: 20 } as const;
    const add = (key?: string, changes: Partial<AddTask> = {}, on = db, userId = goal.userId) =>
      addTask(on, { goalId: goal.goalId, userId, key }, { ...body, ...changes }, randomUUID, new Date());
    return { ...goal, actionId, add, tasks: () => tasksOf(goal.goalId) };
  }

  it('is there, is counted, is nobody else’s work, and keeps the AI from no action', async () => {
    const { goalId, userId, actionId, add } = await given();
    const { isNew, task } = await add();
    expect(isNew).to.equal(true);
    const made = { actionId, title: 'Buy socks', description: '', type: 'execution', estimatedMinutes: 20 };
    expect(task).to.deep.include({ ...made, status: 'not_started', executionArn: null, version: 1 });
    expect(task.taskId).to.match(new RegExp(`^${actionId}#p-[0-9a-f-]{36}$`));
    expect(await goalOf(goalId)).to.include({ taskCount: 1, doneTaskCount: 0, version: 1, status: 'draft' });
    const { record } = await startWorkflow(goalId, userId, givenStart(db).tools);
    expect(record.actionIds).to.have.length(2);
  });

  it('is added once for a key, also at the same time, and answered as it is now', async () => {
    const { goalId, userId, add, tasks } = await given();
    const answers = await Promise.all(Array.from({ length: 4 }, () => add('key')));
    expect(answers.filter(({ isNew }) => isNew)).to.have.length(1);
    const [task, ...others] = await tasks();
    expect(others).to.deep.equal([]);
    for (const answer of answers) expect(answer.task.taskId).to.equal(task?.taskId);
    expectRefusal(await failureOf(add('key', { title: 'x' })), 422, 'idempotency_key_reused');
    expect((await add('another')).isNew).to.equal(true);
    expect((await add()).isNew).to.equal(true);
    expect(await goalOf(goalId)).to.include({ taskCount: 3 });
    await removeTask(db, { goalId, userId, taskId: task?.taskId ?? '' }, 1);
    expectRefusal(await failureOf(add('key')), 404, 'task_not_found');
  });

  it('belongs to an action of a goal of the person (rule 5), of which there are 32 at most', async () => {
    const [{ add, tasks }, other] = [await given(), await given()];
    expectRefusal(await failureOf(add(undefined, { actionId: other.actionId })), 404, 'action_not_found');
    expectRefusal(await failureOf(add(undefined, {}, db, other.userId)), 404, 'goal_not_found');
    for (let count = 0; count < 32; count += 1) await add();
    expectRefusal(await failureOf(add()), 409, 'too_many_tasks');
    expect(await tasks()).to.have.length(32);
  });

  it('is not added to an action that is removed at that moment', async () => {
    const { goalId, add, tasks } = await given();
    const racing = intercepted(db, async (_input, command, send) => {
      const Key = { goalId, sk: actionKey(1) };
      if (command === 'TransactWriteCommand') await db.client.send(new DeleteCommand({ TableName: db.goals, Key }));
      return send();
    });
    expectRefusal(await failureOf(add(undefined, {}, racing)), 404, 'action_not_found');
    expect(await tasks()).to.deep.equal([]);
  });

  it('is tried again on fresh data, given up as transient, and any other fault is passed on', async () => {
    const { add } = await given();
    const fault = new Error('gone');
    const adding = (failureOfTry: (before: number) => Error | undefined) => add('k', {}, refusing(db, failureOfTry));
    expect(await failureOf(adding(() => cancelled('ConditionalCheckFailed')))).to.be.instanceOf(TransientError);
    expect(await failureOf(adding(() => fault))).to.equal(fault);
    const once = (before: number) => (before === 0 ? cancelled('ConditionalCheckFailed') : undefined);
    expect((await adding(once)).isNew).to.equal(true);
  });
});
