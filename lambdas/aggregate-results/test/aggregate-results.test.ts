import { expect } from 'chai';
import { callOn } from '../../core/test/support/call-handler.ts';
import { useTables } from '../../core/test/support/tables.ts';

describe('aggregate-results', () => {
  const { db, executions, givenExecution } = useTables();

  it('counts from the outcomes, not from the results that travelled, and notes the state that comes next (rule 6)', async () => {
    const { executionArn, goalId, actions } = await givenExecution({ actionCount: 2, saved: [0, 1] });
    await executions.changeOpen(executionArn, { currentState: 'ProcessBatches' });
    const claimed = actions.map(({ actionId, position }) => ({ actionId, position, outcome: 'FAILED', taskCount: 0 }));
    const { answer, lines } = await callOn(db, 'aggregate-results', { executionArn, goalId, results: [claimed] });
    const counts = { savedActions: 2, failedActions: 0, taskCount: 6 };
    expect(answer).to.deep.equal({ executionArn, goalId, status: 'SUCCEEDED', ...counts });
    expect(await executions.get(executionArn)).to.include({
      currentState: 'UpdateGoalStatus',
      processedActions: 2,
      progressPercentage: 100,
      estimatedSecondsRemaining: 1,
      ...counts,
    });
    expect(lines.map(({ message }) => message)).to.deep.equal(['step started', 'state entered', 'step ended']);
  });

  it('writes the failures of pending actions that could not be written before, with their reasons', async () => {
    const { executionArn, goalId, actions } = await givenExecution({ actionCount: 5, saved: [0] });
    await executions.endOutcome(executionArn, 1, { outcome: 'FAILED', error: 'E', reason: 'known' });
    const failures = [
      undefined,
      { Error: 'Late' },
      { Error: 'BatchTimeout', Cause: 'over' },
      { Error: 'States.Timeout' },
    ];
    const results = failures.map((failure, position) => [
      { actionId: actions[position]?.actionId, position, outcome: 'FAILED', taskCount: 0, failure },
    ]);
    const input = JSON.parse(JSON.stringify({ executionArn, goalId, results }));
    const { answer } = await callOn(db, 'aggregate-results', input);
    expect(answer).to.include({ status: 'PARTIALLY_SUCCEEDED', savedActions: 1, failedActions: 4 });
    const outcomes = await executions.outcomes(executionArn);
    expect(outcomes.map(({ outcome, error, reason }) => [outcome, error, reason])).to.deep.equal([
      ['SAVED', undefined, undefined],
      ['FAILED', 'E', 'known'],
      ['FAILED', 'BatchTimeout', 'over'],
      ['FAILED', 'States.Timeout', 'The step did not answer in time'],
      ['FAILED', 'Unreported', 'The action ended without a result'],
    ]);
  });
});
