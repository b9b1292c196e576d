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
  const note = (executionArn: string, position: number, attemptId: string, paid?: typeof usage) =>
    db.client.send(new UpdateCommand(noteFailedAttemptRequest(db, { executionArn, position }, attemptId, paid, now)));

  it('keeps each attempt once, however often it is sent, with what was paid', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 2 });
    const one = () => note(executionArn, 1, 'one', usage);
    await Promise.all([one(), one(), note(executionArn, 1, 'two')]);
    await one();
    const outcomes = await executions.outcomes(executionArn);
    expect(outcomes[1]).to.deep.include({ outcome: 'PENDING', failedAttempts: { one: { at, usage }, two: { at } } });
    const progress = await readProgress(executions, executionArn);
    for (const rows of [outcomes, progress.outcomes])
      expect(usageOf(rows)).to.deep.equal({ aiCalls: 1, inputTokens: 10, outputTokens: 20 });
  });

  it('adds to the cost of an action that was saved or cancelled meanwhile, changes nothing else, and makes no row', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 2, saved: [0] });
    await executions.endOutcome(executionArn, 1, { outcome: 'CANCELLED' });
    for (const position of [0, 1]) {
      const before = await executions.outcome(executionArn, position);
      await note(executionArn, position, 'one', usage);
      const after = await executions.outcome(executionArn, position);
      expect(after).to.deep.equal({ ...before, failedAttempts: { one: { at, usage } } });
    }
    await failureOf(note(executionArn, 7, 'one', usage));
    expect(await executions.outcome(executionArn, 7)).to.equal(undefined);
  });
});
