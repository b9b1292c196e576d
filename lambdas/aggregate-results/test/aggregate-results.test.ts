import { listOutcomes } from '@goal-activity/core/executions.ts';
import { createMemoryLog } from '@goal-activity/core/logger.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { givenExecution, givenSaved } from '../../../test/support/goal.ts';
import { aggregateResults } from '../src/aggregate-results.ts';

describe('aggregateResults', () => {
  const database = useDatabase();

  it('counts from the outcomes, not from the results that travelled (rule 6)', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 3 });
    await givenSaved(db, execution, [0, 1, 2]);
    const { executionArn, goalId, actions } = execution;
    const claimed = actions.map(({ actionId, position }) => ({
      actionId,
      position,
      outcome: 'FAILED' as const,
      taskCount: 0,
    }));
    expect(
      await aggregateResults(db, { executionArn, goalId, results: [claimed] }, createMemoryLog().log, new Date()),
    ).to.deep.equal({
      executionArn,
      goalId,
      status: 'SUCCEEDED',
      savedActions: 3,
      failedActions: 0,
      taskCount: 9,
    });
  });

  it('writes the failures that could not be written before, with their reasons', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 3 });
    await givenSaved(db, execution, [0]);
    const { executionArn, goalId, actions } = execution;
    const actionId = actions[1]?.actionId ?? '';
    const results = [
      [{ actionId, position: 1, outcome: 'FAILED' as const, taskCount: 0, error: 'BatchTimeout', reason: 'over' }],
    ];
    const output = await aggregateResults(db, { executionArn, goalId, results }, createMemoryLog().log, new Date());
    expect(output).to.include({ status: 'PARTIALLY_SUCCEEDED', savedActions: 1, failedActions: 2 });
    const outcomes = await listOutcomes(db, executionArn);
    expect(outcomes[1]).to.include({ outcome: 'FAILED', error: 'BatchTimeout', reason: 'over' });
    expect(outcomes[2]).to.include({ outcome: 'FAILED', error: 'Unreported' });
  });

  it('says FAILED when nothing was saved', async () => {
    const db = database();
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 2 });
    expect(
      await aggregateResults(db, { executionArn, goalId, results: [] }, createMemoryLog().log, new Date()),
    ).to.include({
      status: 'FAILED',
      failedActions: 2,
    });
  });
});
