import { setTimeout as delay } from 'node:timers/promises';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { type Database, transact } from '../aws/database.ts';
import { TransientError } from '../errors.ts';
import { listTasks, taskKey } from '../goal/tasks.ts';
import type { ExecutionRow, GoalStatus, OutcomeRow } from '../types.ts';
import type { Executions } from './executions.ts';
import { changeOutcome, isPending } from './outcomes.ts';
import { close } from './settle.ts';

/** Rule 7: a goal that had tasks from before goes back to `partial`, any other to `draft`. */
export function goalStatusAfterCancel(before: GoalStatus): GoalStatus {
  return before === 'partial' ? 'partial' : 'draft';
}

/** Takes back what one action saved: its tasks and its outcome in one transaction, so no reader sees one without the other. */
export function removeSavedItems(
  db: Database,
  goalId: string,
  row: OutcomeRow,
  now: Date,
): NonNullable<TransactWriteCommandInput['TransactItems']> {
  const { executionArn, actionId, taskCount } = row;
  const takenBack = { outcome: 'CANCELLED', taskCount: 0, updatedAt: now.toISOString() };
  return [
    { Update: changeOutcome(db.executions, row, 'SAVED', takenBack) },
    ...Array.from({ length: taskCount }, (_, index) => ({
      Delete: {
        TableName: db.tasks,
        Key: { goalId, sk: taskKey(actionId, index) },
        // Rule 7: never a task of another execution.
        ConditionExpression: 'attribute_not_exists(sk) OR executionArn = :executionArn',
        ExpressionAttributeValues: { ':executionArn': executionArn },
      },
    })),
  ];
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
async function removeAll(executions: Executions, { executionArn, goalId }: ExecutionRow): Promise<OutcomeRow[]> {
  const { db } = executions;
  /** Gives false when another cancel of the same execution was faster. */
  const removeSaved = async (row: OutcomeRow) =>
    (await transact(db, removeSavedItems(db, goalId, row, executions.now()), 1)) === undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const outcomes = await executions.outcomes(executionArn);
    const pending = outcomes.filter(isPending);
    const saved = outcomes.filter(({ outcome }) => outcome === 'SAVED');
    const isClear = pending.length === 0 && saved.length === 0;
    const hasOwnTask = async () => (await listTasks(db, goalId)).some((task) => task.executionArn === executionArn);
    if (isClear && !(await hasOwnTask())) return outcomes;
    const done = await Promise.all([
      ...pending.map(({ position }) => executions.endOutcome(executionArn, position, { outcome: 'CANCELLED' })),
      ...saved.map(removeSaved),
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
export async function finishCancel(executions: Executions, record: ExecutionRow): Promise<ExecutionRow | undefined> {
  const closed = await close(executions, record, await removeAll(executions, record), {
    status: 'ABORTED',
    summary: 'Cancelled: the tasks that this execution had made were removed.',
    notify: 'none',
    error: 'ABORT',
    cause: record.cancelReason ?? 'Cancelled by the user.',
    goalStatus: goalStatusAfterCancel(record.goalStatusBefore),
    condition: '#status = :running AND attribute_exists(cancelRequestedAt)',
  });
  return closed ?? executions.get(record.executionArn);
}
