import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, saveInput } from '../../../test/support/stack/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

describe('the handler of save-tasks', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('saves the tasks of an action, and refuses them once the time of the batch is over', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    const variables = { ...(await databaseVariables(db)), BATCH_TIMEOUT_MS: '60000' };
    const { answer } = await callHandler('save-tasks', saveInput(execution, 0), variables);
    expect(answer).to.include({ position: 0, outcome: 'SAVED', taskCount: 3 });
    expect(await listTasks(db, execution.goalId)).to.have.length(3);
    const begun = new Date(Date.now() - 60_000);
    const { error } = await callHandler('save-tasks', saveInput(execution, 1, 3, begun), variables);
    expect(error?.name).to.equal('BatchTimeout');
  });

  it('brings the record up to the outcomes once it is older than the grace, and not before', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    const variables = { ...(await databaseVariables(db)), BATCH_TIMEOUT_MS: '300000', PROGRESS_GRACE_MS: '60000' };
    const save = (position: number, secondsAgo: number) =>
      callHandler('save-tasks', saveInput(execution, position, 3, new Date(Date.now() - secondsAgo * 1000)), variables);
    await save(0, 30);
    expect(await executions.get(execution.executionArn))
      .to.include({ processedActions: 0 })
      .and.not.have.property('progressAt');
    const { answer } = await save(1, 61);
    expect(answer).to.include({ position: 1, outcome: 'SAVED' });
    const { progressAt, ...record } = (await executions.get(execution.executionArn)) ?? {};
    expect(record).to.include({ processedActions: 2, progressPercentage: 100, estimatedSecondsRemaining: 1 });
    expect(Date.now() - Date.parse(progressAt ?? '')).to.be.within(0, 20_000);
  });

  it('saves all the same when the progress cannot be read, and logs why', async () => {
    const execution = await givenExecution(db, { actionCount: 1 });
    // A row that breaks its schema fails the refresh alone.
    await db.client.send(
      new PutCommand({
        TableName: db.executions,
        Item: { executionArn: execution.executionArn, sk: 'ACTION#63', outcome: 'UNKNOWN' },
      }),
    );
    const variables = { ...(await databaseVariables(db)), BATCH_TIMEOUT_MS: '300000', PROGRESS_GRACE_MS: '1000' };
    const input = saveInput(execution, 0, 3, new Date(Date.now() - 10_000));
    const { answer, lines } = await callHandler('save-tasks', input, variables);
    expect(answer).to.include({ position: 0, outcome: 'SAVED' });
    expect(lines.find(({ level }) => level === 'warn')).to.include({
      message: 'the progress could not be refreshed',
      executionArn: execution.executionArn,
      errorName: 'ValidationError',
    });
  });
});
