import { recordProgress } from '@goal-activity/core/execution/progress.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved } from '../../../test/support/stack/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

describe('the handler of create-batches', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('cuts the batches, and notes that they are being processed', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 1 });
    await executions.changeOpen(executionArn, { currentState: 'GetActions' });
    const actions = Array.from({ length: 9 }, (_, position) => ({ actionId: `a${position}`, position }));
    const { answer } = await callHandler(
      'create-batches',
      { executionArn, goalId, actions },
      await databaseVariables(db),
    );
    expect(answer).to.deep.equal({ executionArn, goalId, batches: [actions.slice(0, 8), actions.slice(8)] });
    expect(await executions.get(executionArn)).to.include({
      currentState: 'ProcessBatches',
      processedActions: 0,
      progressPercentage: 0,
      estimatedSecondsRemaining: 15,
    });
  });

  it('cuts the same batches, and takes nothing back, when it comes late or again', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    const { executionArn, goalId } = execution;
    await givenSaved(db, execution, [0]);
    await executions.changeOpen(executionArn, { currentState: 'ProcessBatches' });
    await recordProgress(executions, executionArn);
    const before = await executions.get(executionArn);
    const actions = execution.actions.map(({ actionId, position }) => ({ actionId, position }));
    const input = { executionArn, goalId, actions };
    const { answer } = await callHandler('create-batches', input, await databaseVariables(db));
    expect(answer).to.deep.equal({ executionArn, goalId, batches: [actions] });
    expect(before).to.include({ processedActions: 1 });
    expect(await executions.get(executionArn)).to.deep.equal(before);
  });
});
