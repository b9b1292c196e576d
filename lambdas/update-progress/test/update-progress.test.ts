import { expect } from 'chai';
import { callOn } from '../../core/test/support/call-handler.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { updateProgress } from '../src/update-progress.ts';

const Cause = JSON.stringify({ errorType: 'PermanentError', errorMessage: 'AccessDeniedException: no', trace: [] });
const denied = { Error: 'PermanentError', Cause };
const asResult = { error: 'PermanentError', reason: 'AccessDeniedException: no' };

describe('update-progress', () => {
  const { db, executions, executionsAt, givenExecution } = useTables();
  const update = async (executionArn: string, failure?: object) =>
    (await callOn(db, 'update-progress', failure === undefined ? { executionArn } : { executionArn, failure })).answer;

  it('brings the counts of the record up to the outcomes', async () => {
    const { executionArn } = await givenExecution({ actionCount: 4, saved: [0, 1] });
    await executions.endOutcome(executionArn, 2, { outcome: 'FAILED', error: 'E', reason: 'r' });
    expect(await update(executionArn)).to.deep.equal({ executionArn });
    expect(await executions.get(executionArn)).to.include({ processedActions: 3, failedActions: 1, taskCount: 6 });
  });

  it('records a failure at once, with its error and reason, and answers it as the result', async () => {
    const { executionArn, record } = await givenExecution();
    const action = { actionId: record.actionIds[1], position: 1 };
    const failed = { ...asResult, outcome: 'FAILED', taskCount: 0 };
    expect(await update(executionArn, { ...action, error: denied })).to.deep.equal({ ...action, ...failed });
    expect(await executions.outcome(executionArn, 1)).to.include(failed);
    expect(await executions.get(executionArn)).to.include({ processedActions: 1, failedActions: 1 });
  });

  for (const [what, outcome, taskCount] of [
    ['lets a success stand whose answer was lost (rule 6)', 'SAVED', 3],
    ['answers an action that was cancelled meanwhile as cancelled, without the failure', 'CANCELLED', 0],
  ] as const) {
    it(what, async () => {
      const { executionArn, record } = await givenExecution({ saved: outcome === 'SAVED' ? [1] : [] });
      await executions.endOutcome(executionArn, 1, { outcome: 'CANCELLED' });
      const action = { actionId: record.actionIds[1], position: 1 };
      const result = await update(executionArn, { ...action, error: { Error: 'States.Timeout' } });
      expect(result).to.deep.equal({ ...action, outcome, taskCount });
      expect(await executions.outcome(executionArn, 1)).to.include({ outcome });
    });
  }

  it('answers an action that the execution does not have as failed', async () => {
    const { executionArn } = await givenExecution({ actionCount: 1 });
    const action = { actionId: 'unknown', position: 9 };
    const result = await update(executionArn, { ...action, error: denied });
    expect(result).to.deep.equal({ ...action, outcome: 'FAILED', taskCount: 0, ...asResult });
    expect(await executions.outcome(executionArn, 9)).to.equal(undefined);
  });

  it('answers as failed what is pending still although its failure was not taken', async () => {
    const { executionArn, record } = await givenExecution();
    const action = { actionId: record.actionIds[1] ?? '', position: 1 };
    const refusing = Object.assign(executionsAt(new Date()), { endOutcome: async () => false });
    const result = await updateProgress(refusing, { executionArn, failure: { ...action, error: denied } });
    expect(result).to.deep.equal({ ...action, outcome: 'FAILED', taskCount: 0, ...asResult });
  });
});
