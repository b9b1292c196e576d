import { listTasks } from '@goal-activity/core/tasks.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { givenExecution, saveInput } from '../../../test/support/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/call-handler.ts';

describe('the handler of save-tasks', () => {
  const database = useDatabase();

  it('saves the tasks of an action, and refuses them once the time of the batch is over', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 2 });
    const variables = { ...(await databaseVariables(db)), BATCH_TIMEOUT_MS: '60000' };
    const { answer } = await callHandler('save-tasks', saveInput(execution, 0), variables);
    expect(answer).to.include({ position: 0, outcome: 'SAVED', taskCount: 3 });
    expect(await listTasks(db, execution.goalId)).to.have.length(3);
    const begun = new Date(Date.now() - 60_000);
    const { error } = await callHandler('save-tasks', saveInput(execution, 1, 3, begun), variables);
    expect(error?.name).to.equal('BatchTimeout');
  });
});
