import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/support/call-handler.ts';

describe('the handler of aggregate-results', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('counts the outcomes, and notes that the goal is being settled', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0, 1] });
    const { executionArn, goalId } = execution;
    await executions.changeOpen(executionArn, { currentState: 'ProcessBatches' });
    const { answer } = await callHandler(
      'aggregate-results',
      { executionArn, goalId, results: [] },
      await databaseVariables(db),
    );
    expect(answer).to.deep.equal({
      executionArn,
      goalId,
      status: 'SUCCEEDED',
      savedActions: 2,
      failedActions: 0,
      taskCount: 6,
    });
    expect(await executions.get(executionArn)).to.include({
      currentState: 'UpdateGoalStatus',
      processedActions: 2,
      savedActions: 2,
      progressPercentage: 100,
      estimatedSecondsRemaining: 1,
    });
  });

  it('takes a failure that has an empty cause, or none', async () => {
    const { executionArn, goalId, actions } = await givenExecution(db, { actionCount: 2 });
    const failures = [{ Error: 'States.Timeout', Cause: '' }, { Error: 'BatchTimeout' }];
    const results = actions.map(({ actionId, position }) => [
      { actionId, position, outcome: 'FAILED', taskCount: 0, failure: failures[position] },
    ]);
    await callHandler('aggregate-results', { executionArn, goalId, results }, await databaseVariables(db));
    const outcomes = await executions.outcomes(executionArn);
    expect(outcomes.map(({ error, reason }) => [error, reason])).to.deep.equal([
      ['States.Timeout', 'The step did not answer in time'],
      ['BatchTimeout', 'BatchTimeout'],
    ]);
  });
});
