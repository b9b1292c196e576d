import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { usageOf } from './cost.ts';
import { cancellationCodes, type Database } from './database.ts';
import { countOutcomes, endOutcome, getExecution, listOutcomes } from './executions.ts';
import { actionKey } from './goals.ts';
import { endedProgress } from './progress.ts';
import { goalStatusAfterCancel, type OnEnded, sendSettlement, settleRequest } from './settle.ts';
import { taskKey } from './tasks.ts';
import type { ExecutionRow, OutcomeRow } from './types.ts';

/** Takes back what one action saved: its tasks and its outcome in one transaction, so no reader sees one without the other. */
export function removeSavedRequest(
  db: Database,
  goalId: string,
  row: OutcomeRow,
  now: Date,
): TransactWriteCommandInput {
  return {
    TransactItems: [
      {
        Update: {
          TableName: db.executions,
          Key: { executionArn: row.executionArn, sk: actionKey(row.position) },
          UpdateExpression: 'SET outcome = :cancelled, taskCount = :none, updatedAt = :now',
          ConditionExpression: 'outcome = :saved',
          ExpressionAttributeValues: {
            ':cancelled': 'CANCELLED',
            ':saved': 'SAVED',
            ':none': 0,
            ':now': now.toISOString(),
          },
        },
      },
      ...Array.from({ length: row.taskCount }, (_, index) => ({
        Delete: {
          TableName: db.tasks,
          Key: { goalId, sk: taskKey(row.actionId, index) },
          // Rule 7: never a task of another execution.
          ConditionExpression: 'attribute_not_exists(sk) OR executionArn = :executionArn',
          ExpressionAttributeValues: { ':executionArn': row.executionArn },
        },
      })),
    ],
  };
}

async function removeSaved(db: Database, goalId: string, row: OutcomeRow, now: Date): Promise<void> {
  try {
    await db.client.send(new TransactWriteCommand(removeSavedRequest(db, goalId, row, now)));
  } catch (thrown) {
    // Another cancel of the same execution was faster.
    if (cancellationCodes(thrown)?.[0] !== 'ConditionalCheckFailed') throw thrown;
  }
}

/**
 * Carries out a cancel that was requested (`cancelRequestedAt` is set): first every pending action is fenced, so that
 * a save in flight is refused (rule 2), then what was saved is removed, then record and goal are settled.
 * Safe to repeat from any point: whoever finds a requested cancel unfinished calls it again.
 * @returns the record as it is afterwards
 */
export async function finishCancel(
  db: Database,
  record: ExecutionRow,
  now: Date,
  onEnded: OnEnded,
): Promise<ExecutionRow | undefined> {
  const { executionArn, goalId } = record;
  const before = await listOutcomes(db, executionArn);
  await Promise.all(
    before
      .filter(({ outcome }) => outcome === 'PENDING')
      .map(({ position }) => endOutcome(db, executionArn, position, { outcome: 'CANCELLED' }, now)),
  );
  const fenced = await listOutcomes(db, executionArn);
  await Promise.all(
    fenced.filter(({ outcome }) => outcome === 'SAVED').map((row) => removeSaved(db, goalId, row, now)),
  );
  const outcomes = await listOutcomes(db, executionArn);
  const counts = countOutcomes(outcomes);
  const fields: Partial<ExecutionRow> = {
    status: 'ABORTED',
    stoppedAt: now.toISOString(),
    currentState: 'Ended',
    processedActions: counts.processed,
    savedActions: counts.saved,
    failedActions: counts.failed,
    taskCount: counts.tasks,
    ...endedProgress(now),
    usage: usageOf(outcomes),
    summary: 'Cancelled: the tasks that this execution had made were removed.',
    error: 'ABORT',
    cause: record.cancelReason ?? 'Cancelled by the user.',
    notify: 'none',
  };
  const goalStatus = goalStatusAfterCancel(record.goalStatusBefore);
  const condition = '#status = :running AND attribute_exists(cancelRequestedAt)';
  const request = settleRequest(db, record, fields, goalStatus, now, condition);
  if (await sendSettlement(db, request)) await onEnded({ ...record, ...fields }, outcomes);
  return getExecution(db, executionArn);
}
