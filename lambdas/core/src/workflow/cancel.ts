import { setTimeout as delay } from 'node:timers/promises';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { cancellationCodes, type Database } from '../aws/database.ts';
import { TransientError } from '../errors.ts';
import { usageOf } from '../execution/cost.ts';
import { countOutcomes, endOutcome, getExecution, listOutcomes } from '../execution/executions.ts';
import { endedProgress } from '../execution/progress.ts';
import { actionKey } from '../goal/goals.ts';
import { listTasks, taskKey } from '../goal/tasks.ts';
import type { ExecutionRow, OutcomeRow } from '../types.ts';
import { endOf, goalStatusAfterCancel, type OnEnded, sendSettlement, settleRequest } from './settle.ts';

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

/** @returns false when another cancel of the same execution was faster */
async function removeSaved(db: Database, goalId: string, row: OutcomeRow, now: Date): Promise<boolean> {
  try {
    await db.client.send(new TransactWriteCommand(removeSavedRequest(db, goalId, row, now)));
    return true;
  } catch (thrown) {
    if (cancellationCodes(thrown)?.[0] === 'ConditionalCheckFailed') return false;
    throw thrown;
  }
}

/** Looks at what an execution has; more are needed only while saves and other cancels are under way. */
const ROUNDS = 7;

/**
 * Fences and removes until nothing of the execution is left, neither an outcome to take back nor a task. Queries are
 * read-committed: they may show half of the transaction of another cancel, the outcome taken back and the tasks still
 * there, so the tasks are looked at by themselves (the next start would take one that stays for done).
 * @returns the outcomes as they are then
 * @throws TransientError when others do not come to an end
 */
async function removeAll(db: Database, { executionArn, goalId }: ExecutionRow, now: Date): Promise<OutcomeRow[]> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const outcomes = await listOutcomes(db, executionArn);
    const pending = outcomes.filter(({ outcome }) => outcome === 'PENDING');
    const saved = outcomes.filter(({ outcome }) => outcome === 'SAVED');
    const isClear = pending.length === 0 && saved.length === 0;
    if (isClear && !(await listTasks(db, goalId)).some((task) => task.executionArn === executionArn)) return outcomes;
    const done = await Promise.all([
      ...pending.map(({ position }) => endOutcome(db, executionArn, position, { outcome: 'CANCELLED' }, now)),
      ...saved.map((row) => removeSaved(db, goalId, row, now)),
    ]);
    if (isClear || done.includes(false)) await delay(10 * 2 ** round * (0.5 + Math.random()));
  }
  throw new TransientError('Others are removing the tasks of this execution without end');
}

/**
 * Carries out a cancel that was requested (`cancelRequestedAt` is set): every pending action is fenced, so that a save in
 * flight is refused (rule 2), what was saved is removed, then record and goal are settled.
 * Safe to repeat from any point: whoever finds a requested cancel unfinished calls it again.
 * @returns the record as it is afterwards
 * @throws TransientError when others are at it without end; it may be repeated
 */
export async function finishCancel(
  db: Database,
  record: ExecutionRow,
  now: Date,
  onEnded: OnEnded,
): Promise<ExecutionRow | undefined> {
  const outcomes = await removeAll(db, record, now);
  const counts = countOutcomes(outcomes);
  const fields: Partial<ExecutionRow> = {
    status: 'ABORTED',
    stoppedAt: endOf(outcomes, now),
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
  return getExecution(db, record.executionArn);
}
