import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { aggregateResults } from '../src/aggregate-results.ts';

describe('aggregateResults', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('counts from the outcomes, not from the results that travelled (rule 6)', async () => {
    const execution = await givenExecution(db, { actionCount: 3, saved: [0, 1, 2] });
    const { executionArn, goalId, actions } = execution;
    const claimed = actions.map(({ actionId, position }) => ({
      actionId,
      position,
      outcome: 'FAILED' as const,
      taskCount: 0,
    }));
    expect(
      await aggregateResults(executions, { executionArn, goalId, results: [claimed] }, createMemoryLog().log),
    ).to.deep.equal({
      executionArn,
      goalId,
      status: 'SUCCEEDED',
      savedActions: 3,
      failedActions: 0,
      taskCount: 9,
    });
  });

  it('writes the failures of pending actions that could not be written before, with their reasons', async () => {
    const execution = await givenExecution(db, { actionCount: 5, saved: [0] });
    const { executionArn, goalId, actions } = execution;
    await executions.endOutcome(executionArn, 1, { outcome: 'FAILED', error: 'E', reason: 'known' });
    const failures = [
      undefined,
      { Error: 'Late' },
      { Error: 'BatchTimeout', Cause: 'over' },
      { Error: 'States.Timeout' },
    ];
    const results = failures.map((failure, position) => {
      const result = {
        actionId: actions[position]?.actionId ?? '',
        position,
        outcome: 'FAILED' as const,
        taskCount: 0,
      };
      return [failure === undefined ? result : { ...result, failure }];
    });
    const output = await aggregateResults(executions, { executionArn, goalId, results }, createMemoryLog().log);
    expect(output).to.include({ status: 'PARTIALLY_SUCCEEDED', savedActions: 1, failedActions: 4 });
    const outcomes = await executions.outcomes(executionArn);
    expect(outcomes.map(({ outcome, error, reason }) => [outcome, error, reason])).to.deep.equal([
      ['SAVED', undefined, undefined],
      ['FAILED', 'E', 'known'],
      ['FAILED', 'BatchTimeout', 'over'],
      ['FAILED', 'States.Timeout', 'The step did not answer in time'],
      ['FAILED', 'Unreported', 'The action ended without a result'],
    ]);
  });

  it('says FAILED when nothing was saved', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 2 });
    expect(await aggregateResults(executions, { executionArn, goalId, results: [] }, createMemoryLog().log)).to.include(
      {
        status: 'FAILED',
        failedActions: 2,
      },
    );
  });

  it('notes the state that comes next, and how many actions have ended', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 2 });
    await executions.changeOpen(executionArn, { currentState: 'ProcessBatches' });
    const { log, lines } = createMemoryLog();
    await aggregateResults(executions, { executionArn, goalId, results: [] }, log);
    expect(await executions.get(executionArn)).to.include({
      currentState: 'UpdateGoalStatus',
      processedActions: 2,
    });
    expect(lines).to.have.length(1);
  });
});
