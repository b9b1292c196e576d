import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { usageOf } from '@goal-activity/core/execution/cost.ts';
import { readProgress } from '@goal-activity/core/execution/progress.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { noteFailedAttemptRequest } from '../src/failed-attempt.ts';

describe('noteFailedAttemptRequest', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const now = new Date('2026-11-24T00:00:10.000Z');
  const at = now.toISOString();
  const usage = { inputTokens: 10, outputTokens: 20, latencyMs: 30 };
  const note = (
    ...[execution, position, ...rest]: [{ executionArn: string }, number, string, typeof usage | undefined]
  ) =>
    db.client.send(
      new UpdateCommand(noteFailedAttemptRequest(db, { executionArn: execution.executionArn, position }, ...rest, now)),
    );

  it('keeps each attempt once, however often it is sent, with what was paid', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    await Promise.all([
      note(execution, 1, 'one', usage),
      note(execution, 1, 'one', usage),
      note(execution, 1, 'two', undefined),
    ]);
    await note(execution, 1, 'one', usage);
    const outcomes = await executions.outcomes(execution.executionArn);
    expect(outcomes[1]).to.deep.include({ outcome: 'PENDING', failedAttempts: { one: { at, usage }, two: { at } } });
    expect(usageOf(outcomes)).to.deep.equal({ aiCalls: 1, inputTokens: 10, outputTokens: 20 });
    const progress = await readProgress(executions, execution.executionArn);
    expect(usageOf(progress.outcomes)).to.deep.equal({ aiCalls: 1, inputTokens: 10, outputTokens: 20 });
  });

  it('adds to the cost of an action that was saved or cancelled meanwhile, and changes nothing else of it', async () => {
    const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
    await executions.endOutcome(execution.executionArn, 1, { outcome: 'CANCELLED' });
    for (const position of [0, 1]) {
      const before = await executions.outcome(execution.executionArn, position);
      await note(execution, position, 'one', usage);
      const after = await executions.outcome(execution.executionArn, position);
      expect(after).to.deep.equal({ ...before, failedAttempts: { one: { at, usage } } });
    }
  });

  it('makes no row for an action that the execution does not have', async () => {
    const execution = await givenExecution(db, { actionCount: 1 });
    await failureOf(note(execution, 7, 'one', usage));
    expect(await executions.outcome(execution.executionArn, 7)).to.equal(undefined);
  });
});
