import { isDeepStrictEqual } from 'node:util';
import { type Database, transact } from '@goal-activity/core/aws/database.ts';
import { updateOf } from '@goal-activity/core/aws/update.ts';
import { actionNotFound, goalProcessing, Problem, TransientError } from '@goal-activity/core/errors.ts';
import { actionKey, GOAL, listActions } from '@goal-activity/core/goal/rows.ts';
import { isMade, listTaskStates } from '@goal-activity/core/goal/tasks.ts';
import { invalidField } from '@goal-activity/core/http/http.ts';
import type { ActionRow, GoalRow, GoalStatus } from '@goal-activity/core/types.ts';
import {
  actionAnswer,
  actionRow,
  type ChangeGoal,
  type goalAnswer,
  ownGoal,
  readGoal,
  type WantedAction,
} from './goals.ts';
import { finishRemoval, noteRemoved } from './removal/removed-actions.ts';

export const goalChanged = () =>
  new Problem(409, 'goal_changed', 'The goal has been changed', 'It was changed since you read it. Read it again.');

/** The texts of a goal that a request changes. */
const textsOf = ({ title, description, deadline }: ChangeGoal) => ({
  ...(title === undefined ? {} : { title: title.trim() }),
  ...(description === undefined ? {} : { description }),
  ...(deadline === undefined ? {} : { deadline }),
});

/**
 * The list of actions that a request asks for, as rows.
 * @param before the list as it is
 * @throws Problem action_not_found; invalid_request when it names an action twice
 */
function actionsOf(
  goalId: string,
  before: readonly ActionRow[],
  wanted: readonly WantedAction[],
  newId: () => string,
): ActionRow[] {
  const named = wanted.flatMap(({ actionId }) => actionId ?? []);
  if (new Set(named).size < named.length) throw invalidField('actions', 'must name each action once');
  return wanted.map(({ actionId, ...texts }, position) => {
    const row = actionRow({ goalId, actionId: actionId ?? newId(), position }, texts);
    if (actionId === undefined) return row;
    const found = before.find((action) => action.actionId === actionId);
    if (found === undefined) throw actionNotFound();
    const { subGoal: _, ...kept } = found;
    return { ...kept, ...row };
  });
}

/** Whether everything that a request asks for is there already. */
function isThere(goal: GoalRow, actions: readonly ActionRow[], changes: ChangeGoal): boolean {
  const { actions: wanted = actions } = changes;
  const isSame = (action: ActionRow, position: number) => {
    const { actionId = action.actionId, ...texts } = wanted[position] ?? action;
    const asked = actionRow({ goalId: goal.goalId, actionId, position }, texts);
    return isDeepStrictEqual(actionAnswer(asked), actionAnswer(action));
  };
  return (
    isDeepStrictEqual({ ...goal, ...textsOf(changes) }, goal) &&
    wanted.length === actions.length &&
    actions.every(isSame)
  );
}

/**
 * The status of a goal whose list of actions has changed, as an execution would leave it: all of them have tasks, some, or
 * none. In an active goal each action counts as having tasks, also one whose tasks a person has removed.
 */
async function statusWith(
  db: Database,
  { goalId, status }: GoalRow,
  before: readonly ActionRow[],
  after: readonly ActionRow[],
): Promise<GoalStatus> {
  const made = status === 'active' ? before : (await listTaskStates(db, goalId)).filter(isMade);
  const withTasks = new Set(made.map(({ actionId }) => actionId));
  const count = after.filter(({ actionId }) => withTasks.has(actionId)).length;
  if (count > 0) return count === after.length ? 'active' : 'partial';
  return status === 'failed' && after.length > 0 ? 'failed' : 'draft';
}

/**
 * The change of a goal and its list of actions, at most 65 items: the goal, on the condition that it was neither changed nor
 * started since it was read, and the positions at which there is another action, or none any more. Actions are written
 * under the goal's condition, which every other change of them raises the version of, too.
 * @param after the whole new list; undefined when it stays
 */
function changeGoalItems(
  { goals: TableName }: Database,
  goal: GoalRow,
  changes: Partial<Pick<GoalRow, 'title' | 'description' | 'deadline' | 'status'>>,
  before: readonly ActionRow[],
  after: readonly ActionRow[] = before,
  now = new Date(),
) {
  const { goalId, version } = goal;
  const kept = new Set(after.map(({ actionId }) => actionId));
  const removed = before.map(({ actionId }) => actionId).filter((actionId) => !kept.has(actionId));
  const ofGoal = updateOf({
    TableName,
    Key: { goalId, sk: GOAL },
    set: { ...changes, actionCount: after.length, updatedAt: now.toISOString() },
    raisesVersion: true,
    condition: 'version = :version',
    values: { version },
  });
  const rows = after.map((action) => ({ ...action, sk: actionKey(action.position) }));
  return [
    { Update: noteRemoved(ofGoal, removed) },
    ...rows.filter((row, at) => !isDeepStrictEqual(row, before[at])).map((Item) => ({ Put: { TableName, Item } })),
    ...before
      .slice(after.length)
      .map(({ position }) => ({ Delete: { TableName, Key: { goalId, sk: actionKey(position) } } })),
  ];
}

/** The second one sees what the first one lost to; the version that was asked for does not come back. */
const ROUNDS = 2;

/**
 * Changes a goal and its list of actions, all or nothing, then removes the tasks of actions that the list leaves out; if it
 * is interrupted before that, nobody sees them any more, and the same request again, or the user's next list, removes them.
 * @returns the goal as it is then; the same when the request had been carried out before
 * @throws Problem goal_not_found, action_not_found, goal_processing, goal_changed; TransientError
 */
export async function changeGoal(
  db: Database,
  { goalId, userId }: Pick<GoalRow, 'goalId' | 'userId'>,
  changes: ChangeGoal,
  newId: () => string,
  now: Date,
): Promise<ReturnType<typeof goalAnswer>> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const goal = await ownGoal(db, goalId, userId);
    const before = await listActions(db, goalId);
    if (goal.version === changes.version + 1 && isThere(goal, before, changes)) {
      await finishRemoval(db, goalId);
      return readGoal(db, goalId, userId);
    }
    if (goal.status === 'processing') throw goalProcessing();
    if (goal.version !== changes.version) throw goalChanged();
    const after = changes.actions && actionsOf(goalId, before, changes.actions, newId);
    const status = after && (await statusWith(db, goal, before, after));
    const items = changeGoalItems(db, goal, { ...textsOf(changes), ...(status && { status }) }, before, after, now);
    if ((await transact(db, items, 1)) === undefined) {
      await finishRemoval(db, goalId);
      return readGoal(db, goalId, userId);
    }
  }
  throw new TransientError('The goal is written by others without end');
}
