import { setTimeout as delay } from 'node:timers/promises';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { type Database, transact } from '../aws/database.ts';
import { TransientError } from '../errors.ts';
import { deleteUntouched, isMade, isUntouched, listTaskStates, oldTaskKey, putTask, taskKey } from '../goal/tasks.ts';
import type { ExecutionRow, GoalStatus, OutcomeRow, TaskState } from '../types.ts';
import type { Executions } from './executions.ts';
import { changeOutcome, isPending } from './outcomes.ts';
import { close } from './settle.ts';

/**
 * Rules 7 and 8: tasks from before, and those of the execution that people changed, are there. A goal with such tasks is
 * `partial`, or `active` when every action has some; any other is a draft again. The tasks of one that was active are put back.
 * @param tasks that are left of the goal
 */
export function goalStatusAfterCancel(
  {
    goalStatusBefore,
    actionIds,
    actionsLeftOut = 0,
  }: Pick<ExecutionRow, 'goalStatusBefore' | 'actionIds' | 'actionsLeftOut'>,
  tasks: readonly Pick<TaskState, 'actionId' | 'executionArn'>[],
): GoalStatus {
  if (goalStatusBefore === 'active') return 'active';
  const made = new Set(tasks.filter(isMade).map(({ actionId }) => actionId));
  if (made.size === 0) return 'draft';
  return actionsLeftOut === 0 && actionIds.every((actionId) => made.has(actionId)) ? 'active' : 'partial';
}

/** The ids that what an action saved may have. */
const keysOf = ({ executionArn, actionId, taskCount }: OutcomeRow) =>
  Array.from({ length: taskCount }, (_, index) => [
    taskKey(executionArn, actionId, index),
    oldTaskKey(actionId, index),
  ]).flat();

/**
 * Takes back what one action saved: its tasks and its outcome in one transaction, so no reader sees one without the other.
 * Tasks that people changed stay (rule 8); those whose place the others took are put back. Of each task that was saved, the
 * transaction depends on what was seen of it, also that it is gone: queries may show half of another transaction, and what is
 * taken back is counted.
 * @param tasks of the goal, as they were read after the outcome
 */
export function removeSavedItems(
  db: Database,
  goalId: string,
  row: OutcomeRow,
  tasks: readonly TaskState[],
  now: Date,
): NonNullable<TransactWriteCommandInput['TransactItems']> {
  const { executionArn, actionId, taskCount, replaced = [] } = row;
  /** Rule 7: never a task of another execution. */
  const own = tasks.filter((task) => task.executionArn === executionArn && task.actionId === actionId);
  const untouched = own.filter(isUntouched);
  const found = new Set(tasks.map(({ taskId }) => taskId));
  const gone =
    own.length < taskCount ? keysOf(row).filter((taskId) => !own.some((task) => task.taskId === taskId)) : [];
  const takenBack = {
    outcome: 'CANCELLED',
    taskCount: taskCount - untouched.length,
    updatedAt: now.toISOString(),
    ...(replaced.length === 0 ? {} : { replaced: [] }),
  };
  return [
    { Update: changeOutcome(db.executions, row, 'SAVED', takenBack) },
    ...untouched.map((task) => ({ Delete: deleteUntouched(db, goalId, task) })),
    ...gone.map((taskId) => ({
      ConditionCheck: {
        TableName: db.tasks,
        Key: { goalId, sk: taskId },
        ConditionExpression: 'attribute_not_exists(sk) OR executionArn <> :executionArn',
        ExpressionAttributeValues: { ':executionArn': executionArn },
      },
    })),
    ...replaced.filter(({ taskId }) => !found.has(taskId)).map((task) => ({ Put: putTask(db, task) })),
  ];
}

/** Looks at what an execution has; more are needed only while saves, other cancels and people are under way. */
const ROUNDS = 7;

/** What is left when all is taken back. */
interface Left {
  readonly outcomes: OutcomeRow[];
  /** Of the goal. */
  readonly tasks: readonly TaskState[];
}

/**
 * Fences and removes until nothing of the execution is left, neither an outcome to take back nor a task, but for those that
 * people changed. Queries are read-committed: they may show half of the transaction of another cancel, the outcome taken back
 * and the tasks still there, so the tasks are looked at by themselves (the next start would take one that stays for done).
 * @throws TransientError when others do not come to an end
 */
async function removeAll(executions: Executions, { executionArn, goalId }: ExecutionRow): Promise<Left> {
  const { db } = executions;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const outcomes = await executions.outcomes(executionArn);
    const tasks = await listTaskStates(db, goalId);
    const pending = outcomes.filter(isPending);
    const saved = outcomes.filter(({ outcome }) => outcome === 'SAVED');
    const isClear = pending.length === 0 && saved.length === 0;
    const isLeft = (task: TaskState) => task.executionArn === executionArn && isUntouched(task);
    if (isClear && !tasks.some(isLeft)) return { outcomes, tasks };
    /** Gives false when another cancel of the same execution was faster, or a person. */
    const removeSaved = async (row: OutcomeRow) =>
      (await transact(db, removeSavedItems(db, goalId, row, tasks, executions.now()))) === undefined;
    const done = await Promise.all([
      ...pending.map(({ position }) => executions.endOutcome(executionArn, position, { outcome: 'CANCELLED' })),
      ...saved.map(removeSaved),
    ]);
    if (isClear || done.includes(false)) await delay(10 * 2 ** round * (0.5 + Math.random()));
  }
  throw new TransientError('Others are changing the tasks of this execution without end');
}

function summaryOf({ executionArn }: ExecutionRow, { tasks }: Left): string {
  const changed = tasks.filter((task) => task.executionArn === executionArn).length;
  const but = changed === 0 ? '' : `, but for ${changed} that were changed by hand`;
  return `Cancelled: the tasks that this execution had made were removed${but}.`;
}

/**
 * Carries out a cancel that was requested (`cancelRequestedAt` is set): every pending action is fenced, so that a save in
 * flight is refused (rule 2), what was saved is removed, then record and goal are settled.
 * Safe to repeat from any point: whoever finds a requested cancel unfinished calls it again.
 * @returns the record as it is afterwards
 * @throws TransientError when others are at it without end; it may be repeated
 */
export async function finishCancel(executions: Executions, record: ExecutionRow): Promise<ExecutionRow | undefined> {
  const left = await removeAll(executions, record);
  const closed = await close(executions, record, left.outcomes, {
    status: 'ABORTED',
    summary: summaryOf(record, left),
    notify: 'none',
    error: 'ABORT',
    cause: record.cancelReason ?? 'Cancelled by the user.',
    goalStatus: goalStatusAfterCancel(record, left.tasks),
    condition: '#status = :running AND attribute_exists(cancelRequestedAt)',
  });
  return closed ?? executions.get(record.executionArn);
}
