import { type Database, transact } from '@goal-activity/core/aws/database.ts';
import { goalProcessing, TransientError } from '@goal-activity/core/errors.ts';
import { GOAL, getGoal } from '@goal-activity/core/goal/rows.ts';
import type { GoalRow } from '@goal-activity/core/types.ts';
import { goalChanged } from '../change-goal.ts';
import { DELETED, finishDeletion } from './deletion.ts';

/**
 * The write that deletes a goal for everybody, on the condition that nobody has changed or started it since it was read.
 * What its executions did stays: they are rows of another table, and expire by themselves.
 */
function deleteGoalItems(
  { goals: TableName }: Database,
  { goalId, userId, version }: Pick<GoalRow, 'goalId' | 'userId' | 'version'>,
  now: Date,
) {
  return [
    {
      Delete: {
        TableName,
        Key: { goalId, sk: GOAL },
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: { ':version': version },
      },
    },
    { Put: { TableName, Item: { goalId, sk: DELETED, userId, createdAt: now.toISOString() } } },
  ];
}

/** The second one sees what the first one lost to; the version that was asked for does not come back. */
const ROUNDS = 2;

/**
 * Deletes a goal with its actions and tasks. Of one that is not there (any more), or is somebody else's, it removes nothing,
 * and says so no more than of one that it deletes (rule 5).
 * @param version as the caller has read it
 * @throws Problem goal_processing, goal_changed
 */
export async function deleteGoal(
  db: Database,
  { goalId, userId, version }: Pick<GoalRow, 'goalId' | 'userId' | 'version'>,
  now: Date,
): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const goal = await getGoal(db, goalId);
    if (goal?.userId !== userId) return finishDeletion(db, goalId, userId);
    if (goal.status === 'processing') throw goalProcessing();
    if (goal.version !== version) throw goalChanged();
    const refusing = await transact(db, deleteGoalItems(db, goal, now), 1);
    if (refusing === undefined) return finishDeletion(db, goalId, userId);
  }
  throw new TransientError('The goal is written by others without end');
}
