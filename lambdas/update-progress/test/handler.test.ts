import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

describe('the handler of update-progress', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('brings the record up to the outcomes', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [1] });
    const { executionArn } = execution;
    const { answer } = await callHandler('update-progress', { executionArn }, await databaseVariables(db));
    expect(answer).to.deep.equal({ executionArn });
    expect(await executions.get(executionArn)).to.include({ savedActions: 1, taskCount: 3 });
  });
});
