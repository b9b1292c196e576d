import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution, givenGoal, givenSaved, STATE_MACHINE_ARN } from '../../../../test/support/stack/goal.ts';
import { executionArnFor } from '../../src/aws/execution-arn.ts';
import { finishCancel } from '../../src/execution/cancel.ts';
import { claim, newExecution, nextExecutionName, unclaim } from '../../src/execution/claim.ts';
import { getGoal, listActions } from '../../src/goal/rows.ts';
import { listTasks } from '../../src/goal/tasks.ts';

/** Conditions that hold even where another one would do: each must refuse by itself. */
describe('the conditions of writes', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('refuse a claim on a goal that was changed since it was read, though its execution name is free (rule 1)', async () => {
    const { goalId } = await givenGoal(db);
    const read = await getGoal(db, goalId);
    const actions = await listActions(db, goalId);
    if (read === undefined) throw new Error('no goal');
    const record = newExecution(read, actions, executionArnFor(STATE_MACHINE_ARN, nextExecutionName(read)), new Date());
    expect(await claim(executions, read, record, actions, 5)).to.equal('claimed');
    expect(await unclaim(executions, record)).to.equal(true);
    expect(await claim(executions, read, record, actions, 5)).to.equal('changed');
    expect(await getGoal(db, goalId)).to.include({ status: 'draft', attempt: 1, version: 3 });
  });

  it('refuse a claim whose execution name is taken, though the goal is as it was read (rule 1)', async () => {
    const { goalId } = await givenGoal(db);
    const read = await getGoal(db, goalId);
    const actions = await listActions(db, goalId);
    if (read === undefined) throw new Error('no goal');
    const record = newExecution(read, actions, executionArnFor(STATE_MACHINE_ARN, nextExecutionName(read)), new Date());
    // As after the table of goals was restored to a time before this execution.
    const earlier = { ...record, sk: 'EXECUTION', status: 'SUCCEEDED' };
    await db.client.send(new PutCommand({ TableName: db.executions, Item: earlier }));
    expect(await claim(executions, read, record, actions, 5)).to.equal('taken');
    expect(await executions.get(record.executionArn)).to.include({ status: 'SUCCEEDED' });
    expect(await getGoal(db, goalId)).to.deep.equal(read);
  });

  it('keep a cancel from deleting a task that another execution has written under the same key (rule 7)', async () => {
    const execution = await givenExecution(db, { actionCount: 1 });
    await givenSaved(db, execution, [0]);
    const { executionArn, goalId } = execution;
    const [task] = await listTasks(db, goalId);
    if (task === undefined) throw new Error('no task');
    const other = { ...task, sk: task.taskId, executionArn: `${executionArn}-other` };
    await db.client.send(new PutCommand({ TableName: db.tasks, Item: other }));
    await executions.changeOpen(executionArn, { cancelRequestedAt: new Date().toISOString() });
    const record = await executions.get(executionArn);
    if (record === undefined) throw new Error('no record');
    await failureOf(finishCancel(executions, record));
    expect((await listTasks(db, goalId)).map((each) => each.executionArn)).to.include(`${executionArn}-other`);
  });
});
