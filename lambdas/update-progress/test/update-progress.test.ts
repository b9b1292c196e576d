import { expect } from 'chai';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved } from '../../../test/support/stack/goal.ts';
import { updateProgress } from '../src/update-progress.ts';

const denied = {
  Error: 'PermanentError',
  Cause: JSON.stringify({ errorType: 'PermanentError', errorMessage: 'AccessDeniedException: no', trace: [] }),
};

describe('updateProgress', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('brings the counts of the record up to the outcomes', async () => {
    const execution = await givenExecution(db, { actionCount: 4, saved: [0, 1] });
    await executions.endOutcome(execution.executionArn, 2, { outcome: 'FAILED', error: 'E', reason: 'r' });
    expect(await updateProgress(executions, { executionArn: execution.executionArn })).to.deep.equal({
      executionArn: execution.executionArn,
    });
    expect(await executions.get(execution.executionArn)).to.include({
      processedActions: 3,
      savedActions: 2,
      failedActions: 1,
      taskCount: 6,
      progressPercentage: 75,
      estimatedSecondsRemaining: 15,
    });
  });

  it('records a failure at once, with its error and reason, and answers it as the result', async () => {
    const { executionArn, actions } = await givenExecution(db);
    const actionId = actions[1]?.actionId ?? '';
    const result = await updateProgress(executions, {
      executionArn,
      failure: { actionId, position: 1, error: denied },
    });
    const failure = { error: 'PermanentError', reason: 'AccessDeniedException: no' };
    expect(result).to.deep.equal({ actionId, position: 1, outcome: 'FAILED', taskCount: 0, ...failure });
    expect(await executions.outcome(executionArn, 1)).to.include({ outcome: 'FAILED', ...failure });
    expect(await executions.get(executionArn)).to.include({ processedActions: 1, failedActions: 1 });
  });

  it('lets a success stand whose answer was lost (rule 6)', async () => {
    const execution = await givenExecution(db, { saved: [1] });
    const actionId = execution.actions[1]?.actionId ?? '';
    const failure = { actionId, position: 1, error: { Error: 'States.Timeout' } };
    const result = await updateProgress(executions, { executionArn: execution.executionArn, failure });
    expect(result).to.deep.equal({ actionId, position: 1, outcome: 'SAVED', taskCount: 3 });
    expect(await executions.outcome(execution.executionArn, 1)).to.include({ outcome: 'SAVED' });
  });

  it('never lets the progress fall, whatever the order in which counts arrive', async () => {
    const execution = await givenExecution(db, { actionCount: 8 });
    const { executionArn } = execution;
    const seen: number[] = [];
    const observe = async () => seen.push((await executions.get(executionArn))?.processedActions ?? -1);
    await Promise.all(
      execution.actions.map(async ({ position }) => {
        await givenSaved(db, execution, [position]);
        await updateProgress(executions, { executionArn });
        await observe();
      }),
    );
    expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).to.equal(8);
  });

  it('answers an action that was cancelled meanwhile as cancelled, without the failure', async () => {
    const { executionArn, actions } = await givenExecution(db);
    await executions.endOutcome(executionArn, 1, { outcome: 'CANCELLED' });
    const failure = { actionId: actions[1]?.actionId ?? '', position: 1, error: denied };
    expect(await updateProgress(executions, { executionArn, failure })).to.deep.equal({
      actionId: failure.actionId,
      position: 1,
      outcome: 'CANCELLED',
      taskCount: 0,
    });
  });

  it('answers an action that the execution does not have as failed', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    const failure = { actionId: 'unknown', position: 9, error: denied };
    expect(await updateProgress(executions, { executionArn, failure })).to.deep.equal({
      actionId: 'unknown',
      position: 9,
      outcome: 'FAILED',
      taskCount: 0,
      error: 'PermanentError',
      reason: 'AccessDeniedException: no',
    });
    expect(await executions.outcome(executionArn, 9)).to.equal(undefined);
  });
});
