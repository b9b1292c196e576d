import { recordProgress } from '@goal-activity/core/execution/progress.ts';
import { expect } from 'chai';
import fc from 'fast-check';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { createBatches } from '../src/create-batches.ts';

describe('create-batches', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('keeps every action once and in order, in batches of at most 8 of which only the last is smaller', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (count) => {
        const actions = Array.from({ length: count }, (_, index) => index);
        const batches = createBatches(actions);
        expect(batches.flat()).to.deep.equal(actions);
        expect(batches.slice(0, -1).every((batch) => batch.length === 8)).to.equal(true);
        expect(batches.at(-1)?.length).to.be.within(1, 8);
      }),
    );
  });

  it('cuts the batches, and notes that they are being processed', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 1 });
    await executions.changeOpen(executionArn, { currentState: 'GetActions' });
    const actions = Array.from({ length: 9 }, (_, position) => ({ actionId: `a${position}`, position }));
    const { answer } = await callOn(db, 'create-batches', { executionArn, goalId, actions });
    expect(answer).to.deep.equal({ executionArn, goalId, batches: [actions.slice(0, 8), actions.slice(8)] });
    const progress = { processedActions: 0, progressPercentage: 0, estimatedSecondsRemaining: 15 };
    expect(await executions.get(executionArn)).to.include({ currentState: 'ProcessBatches', ...progress });
  });

  it('cuts the same batches, and takes nothing back, when it comes late or again', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
    const { executionArn, goalId } = execution;
    await executions.changeOpen(executionArn, { currentState: 'ProcessBatches' });
    await recordProgress(executions, executionArn);
    const before = await executions.get(executionArn);
    const actions = execution.actions.map(({ actionId, position }) => ({ actionId, position }));
    const { answer } = await callOn(db, 'create-batches', { executionArn, goalId, actions });
    expect(answer).to.deep.equal({ executionArn, goalId, batches: [actions] });
    expect(before).to.include({ processedActions: 1 });
    expect(await executions.get(executionArn)).to.deep.equal(before);
  });
});
