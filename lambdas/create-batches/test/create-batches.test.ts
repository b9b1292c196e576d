import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { callOn } from '../../core/test/support/call-handler.ts';

describe('create-batches', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('cuts batches of at most 8, every action once and in order, and notes that they are being processed', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 1 });
    await executions.changeOpen(executionArn, { currentState: 'GetActions' });
    const actions = Array.from({ length: 17 }, (_, position) => ({ actionId: `a${position}`, position }));
    const { answer } = await callOn(db, 'create-batches', { executionArn, goalId, actions });
    const batches = [actions.slice(0, 8), actions.slice(8, 16), actions.slice(16)];
    expect(answer).to.deep.equal({ executionArn, goalId, batches });
    const progress = { processedActions: 0, progressPercentage: 0, estimatedSecondsRemaining: 15 };
    expect(await executions.get(executionArn)).to.include({ currentState: 'ProcessBatches', ...progress });
  });
});
