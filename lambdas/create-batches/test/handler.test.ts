import { getExecution } from '@goal-activity/core/executions.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { givenExecution } from '../../../test/support/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/call-handler.ts';

describe('the handler of create-batches', () => {
  const database = useDatabase();

  it('cuts the batches, and notes that they are being processed', async () => {
    const db = database();
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 1 });
    const actions = Array.from({ length: 9 }, (_, position) => ({ actionId: `a${position}`, position }));
    const { answer } = await callHandler(
      'create-batches',
      { executionArn, goalId, actions },
      await databaseVariables(db),
    );
    expect(answer).to.deep.equal({ executionArn, goalId, batches: [actions.slice(0, 8), actions.slice(8)] });
    expect(await getExecution(db, executionArn)).to.include({
      currentState: 'ProcessBatches',
      processedActions: 0,
      progressPercentage: 0,
      estimatedSecondsRemaining: 15,
    });
  });
});
