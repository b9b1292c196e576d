import type { Database } from '../aws/database.ts';
import { type Update, updateOf } from '../aws/update.ts';
import type { GoalRow, TaskState } from '../types.ts';
import { GOAL } from './rows.ts';
import { listTaskStates } from './tasks.ts';

/**
 * How many tasks a goal has, and how many of them are done, is kept in its row, so that a list of goals costs one query. A
 * change of a person moves the counts in its own transaction. What an execution makes is added once, by the settlement:
 * counted one action at a time, all its saves would meet in one row. So while it runs, `taskCount` is without its tasks, and
 * falls below zero when a person removes more of them than the goal had before.
 */
export interface TaskCounts {
  readonly taskCount: number;
  readonly doneTaskCount: number;
}

/** The counts of a goal without tasks. */
export const NO_TASKS: TaskCounts = { taskCount: 0, doneTaskCount: 0 };

/** Counts tasks as the row of their goal does: without those of an execution that runs. */
export function countTasks({ status, executionArn }: GoalRow, tasks: readonly TaskState[]): TaskCounts {
  const counted = tasks.filter((task) => status !== 'processing' || task.executionArn !== executionArn);
  return { taskCount: counted.length, doneTaskCount: tasks.filter((task) => task.status === 'done').length };
}

const kept = ({ taskCount, doneTaskCount }: GoalRow): TaskCounts | undefined =>
  taskCount === undefined || doneTaskCount === undefined ? undefined : { taskCount, doneTaskCount };

/** The counts of a goal; in rows from before they were kept, its tasks are counted. */
export async function readCounts(db: Database, goal: GoalRow): Promise<TaskCounts> {
  return kept(goal) ?? countTasks(goal, await listTaskStates(db, goal.goalId));
}

/** The counts as people see them: no less than none, and no more done than there are. */
export function shownCounts({ taskCount, doneTaskCount }: TaskCounts): TaskCounts {
  const shown = Math.max(0, taskCount);
  return { taskCount: shown, doneTaskCount: Math.min(doneTaskCount, shown) };
}

/**
 * The part of a person's transaction that moves the counts of a goal. The goal's version stays: its texts, actions and
 * executions do. Refused when the goal is not there any more, or when others have begun to keep its counts since it was read.
 */
export async function moveCounts(db: Database, goal: GoalRow, by: TaskCounts): Promise<Update> {
  const row = { TableName: db.goals, Key: { goalId: goal.goalId, sk: GOAL } };
  if (kept(goal) !== undefined) return updateOf({ ...row, add: { ...by }, condition: 'attribute_exists(taskCount)' });
  const now = await readCounts(db, goal);
  const set = { taskCount: now.taskCount + by.taskCount, doneTaskCount: now.doneTaskCount + by.doneTaskCount };
  // An execution that begins or ends meanwhile would change which tasks count.
  const condition = 'attribute_not_exists(taskCount) AND version = :version';
  return updateOf({ ...row, set, condition, values: { version: goal.version } });
}
