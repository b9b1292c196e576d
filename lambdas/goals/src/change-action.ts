import { type Database, transact } from '@goal-activity/core/aws/database.ts';
import { updateOf } from '@goal-activity/core/aws/update.ts';
import { actionNotFound, goalProcessing, Problem, TransientError } from '@goal-activity/core/errors.ts';
import { actionKey, GOAL, listActions } from '@goal-activity/core/goal/rows.ts';
import { isMade, listTasks } from '@goal-activity/core/goal/tasks.ts';
import type { ActionRow, GoalRow } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import { actionAnswer, ownGoal } from './goals.ts';
import type { changeActionSchema } from './schema.ts';

export type ChangeAction = FromSchema<typeof changeActionSchema>;

/**
 * The change of an action, on the condition that no execution has begun since the goal was read: then none has made
 * tasks of the old text. Only the fields that are given are written, so changes that come at once do not undo, and
 * need not wait for, each other.
 * @param goal as read, not processing
 * @param changes trimmed; one field at least
 */
export function changeActionItems(
  { goals: TableName }: Database,
  { goalId, attempt }: Pick<GoalRow, 'goalId' | 'attempt'>,
  { actionId, position }: Pick<ActionRow, 'actionId' | 'position'>,
  changes: ChangeAction,
  now: Date,
) {
  const ofGoal = updateOf({
    TableName,
    Key: { goalId, sk: GOAL },
    set: { updatedAt: now.toISOString() },
    raisesVersion: true,
    // Each claim is another attempt.
    condition: 'attempt = :attempt AND #status <> :processing',
    values: { attempt, processing: 'processing' },
  });
  const ofAction = updateOf({
    TableName,
    Key: { goalId, sk: actionKey(position) },
    set: changes,
    condition: 'actionId = :actionId',
    values: { actionId },
  });
  return [{ Update: ofGoal }, { Update: ofAction }];
}

/** Each round begins with fresh data; more are needed only while others keep changing the same goal. */
const ROUNDS = 5;

/**
 * Changes the text of an action that has no tasks yet, so that a retry asks for tasks of the new text.
 * @throws Problem goal_not_found, action_not_found, goal_processing, action_has_tasks
 */
export async function changeAction(
  db: Database,
  { goalId, actionId, userId }: { goalId: string; actionId: string; userId: string },
  { title, description }: ChangeAction,
  now: Date,
) {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const goal = await ownGoal(db, goalId, userId);
    const [actions, tasks] = await Promise.all([listActions(db, goalId), listTasks(db, goalId, actionId)]);
    const action = actions.find((each) => each.actionId === actionId);
    if (action === undefined) throw actionNotFound();
    if (goal.status === 'processing') throw goalProcessing();
    if (tasks.some(isMade)) {
      throw new Problem(409, 'action_has_tasks', 'The action has tasks', 'Its tasks were made of the text it has.');
    }
    const changes = {
      ...(title === undefined ? {} : { title: title.trim() }),
      ...(description === undefined ? {} : { description }),
    };
    const refusing = await transact(db, changeActionItems(db, goal, action, changes, now));
    if (refusing === undefined) return actionAnswer({ ...action, ...changes });
  }
  throw new TransientError('The goal is written by others without end');
}
