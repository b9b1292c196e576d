import { expect } from 'chai';
import { callOn } from '../../core/test/support/call-handler.ts';
import { useTables } from '../../core/test/support/tables.ts';

describe('create-batches', () => {
  const { db, executions, givenExecution } = useTables();

  it('cuts batches of at most 8, every action once and in order, and notes that they are being processed', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 1 });
    await executions.changeOpen(executionArn, { currentState: 'GetActions' });
    const actions = Array.from({ length: 17 }, (_, position) => ({ actionId: `a${position}`, position }));
    const { answer } = await callOn(db, 'create-batches', { executionArn, goalId, actions });
    const batches = [actions.slice(0, 8), actions.slice(8, 16), actions.slice(16)];
    expect(answer).to.deep.equal({ executionArn, goalId, batches });
    const progress = { processedActions: 0, progressPercentage: 0, estimatedSecondsRemaining: 15 };
    expect(await executions.get(executionArn)).to.include({ currentState: 'ProcessBatches', ...progress });
  });
});
