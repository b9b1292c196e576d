import { type Database, transact, updateIf } from '@goal-activity/core/aws/database.ts';
import type { Update } from '@goal-activity/core/aws/update.ts';
import { TransientError } from '@goal-activity/core/errors.ts';
import { GOAL, getGoal } from '@goal-activity/core/goal/rows.ts';
import { moveCounts } from '@goal-activity/core/goal/task-counts.ts';
import { listTaskStates } from '@goal-activity/core/goal/tasks.ts';
import type { GoalRow, TaskState } from '@goal-activity/core/types.ts';

/**
 * A goal's row holds the ids of actions that a change has removed until their tasks are removed too: there may be more of
 * them than one transaction takes. Ids are never used again, so two who are at it take each other's way in nothing.
 */
const REMOVED = 'removedActionIds';

/** The actions of a goal that were removed, and of which there may still be tasks. */
export function removedActions(goal: object): string[] {
  const ids: unknown = Reflect.get(goal, REMOVED);
  return ids instanceof Set ? [...ids].map(String) : [];
}

/** The change of a goal's row that also notes which actions it removes. */
export const noteRemoved = (ofGoal: Update, actionIds: readonly string[]): Update =>
  actionIds.length === 0
    ? ofGoal
    : {
        ...ofGoal,
        UpdateExpression: `${ofGoal.UpdateExpression} ADD ${REMOVED} :removed`,
        ExpressionAttributeValues: { ...ofGoal.ExpressionAttributeValues, ':removed': new Set(actionIds) },
      };

/** Tasks that one transaction removes: it holds 100 items, one of them the goal. */
const AT_ONCE = 99;

/** Removes tasks and takes them out of the goal's counts, all or none. @returns false when one of them has changed meanwhile */
async function removeTasks(db: Database, goal: GoalRow, tasks: readonly TaskState[]): Promise<boolean> {
  const done = tasks.filter(({ status }) => status === 'done').length;
  const counts = await moveCounts(db, goal, { taskCount: -tasks.length, doneTaskCount: -done });
  const deletes = tasks.map(({ taskId, status }) => ({
    Delete: {
      TableName: db.tasks,
      Key: { goalId: goal.goalId, sk: taskId },
      ConditionExpression: '#status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
    },
  }));
  return (await transact(db, [{ Update: counts }, ...deletes])) === undefined;
}

/** Each begins with fresh data; one takes 99 tasks, and others are needed while people change, or somebody else removes, the same ones. */
const ROUNDS = 40;

/**
 * Removes the tasks of actions that a change of their goal has removed. Safe to repeat from any point, and at the same time
 * as others; does nothing where nothing is left to remove.
 * @throws TransientError when others are at it without end; it may be repeated
 */
export async function finishRemoval(db: Database, goalId: string): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const goal = await getGoal(db, goalId);
    const removed = new Set(goal && removedActions(goal));
    if (goal === undefined || removed.size === 0) return;
    const tasks = (await listTaskStates(db, goalId)).filter(({ actionId }) => removed.has(actionId));
    if (tasks.length > 0) {
      await removeTasks(db, goal, tasks.slice(0, AT_ONCE));
      continue;
    }
    await updateIf(db, {
      TableName: db.goals,
      Key: { goalId, sk: GOAL },
      UpdateExpression: `DELETE ${REMOVED} :removed`,
      ConditionExpression: 'attribute_exists(goalId)',
      ExpressionAttributeValues: { ':removed': removed },
    });
    return;
  }
  throw new TransientError('Others change the tasks of the removed actions without end');
}
