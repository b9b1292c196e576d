import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { goalNotFound, Problem } from '@goal-activity/core/errors.ts';
import { actionKey, GOAL, getGoal, listActions } from '@goal-activity/core/goal/rows.ts';
import { NO_TASKS, readCounts, shownCounts, type TaskCounts } from '@goal-activity/core/goal/task-counts.ts';
import { listTasks, versionOf } from '@goal-activity/core/goal/tasks.ts';
import { invalidField } from '@goal-activity/core/http/http.ts';
import { pick } from '@goal-activity/core/pick.ts';
import { LIMITS } from '@goal-activity/core/schema.ts';
import type { ActionRow, GoalRow, TaskRow } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import { removedActions } from './removal/removed-actions.ts';
import type { changeGoalSchema, createGoalSchema } from './schema.ts';

export type CreateGoal = FromSchema<typeof createGoalSchema>;
export type ChangeGoal = FromSchema<typeof changeGoalSchema>;
/** An action of a list that a goal is to have: one that it has, by its id, or a new one. */
export type WantedAction = NonNullable<ChangeGoal['actions']>[number];

/** Refuses what the schema cannot say well: too many actions under a code of its own, and days that no calendar has. */
export function assertCreatable(body: unknown): void {
  const { actions, deadline }: { actions?: unknown; deadline?: unknown } = Object(body);
  if (Array.isArray(actions) && actions.length > LIMITS.actionsPerGoal) {
    const detail = `A goal has at most ${LIMITS.actionsPerGoal} actions; this one has ${actions.length}.`;
    throw new Problem(422, 'too_many_actions', 'Too many actions', detail);
  }
  if (typeof deadline === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(deadline)) {
    const day = new Date(`${deadline}T00:00:00.000Z`);
    if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== deadline) {
      throw invalidField('deadline', 'must be a day of the calendar');
    }
  }
}

/** An action as a row. */
export const actionRow = (
  id: Pick<ActionRow, 'goalId' | 'actionId' | 'position'>,
  { title, description = '', type, subGoal }: Omit<WantedAction, 'actionId'>,
): ActionRow => ({
  ...id,
  title: title.trim(),
  description,
  type,
  ...(subGoal == null ? {} : { subGoal: subGoal.trim() }),
});

/** A new goal and its actions as rows. */
export function newGoal(
  body: CreateGoal,
  userId: string,
  newId: () => string,
  now: Date,
): { goal: GoalRow; actions: ActionRow[] } {
  const goalId = newId();
  const createdAt = now.toISOString();
  const actions = body.actions.map((texts, position) => actionRow({ goalId, actionId: newId(), position }, texts));
  const goal: GoalRow = {
    goalId,
    userId,
    title: body.title.trim(),
    description: body.description ?? '',
    deadline: body.deadline ?? null,
    status: 'draft',
    version: 1,
    actionCount: actions.length,
    createdAt,
    updatedAt: createdAt,
    attempt: 0,
    ...NO_TASKS,
  };
  return { goal, actions };
}

/** One transaction of at most 65 items: a goal exists with all its actions or not at all. */
export function createGoalItems({ goals: TableName }: Database, goal: GoalRow, actions: readonly ActionRow[]) {
  const isNew = { ConditionExpression: 'attribute_not_exists(goalId)' };
  return [
    { Put: { TableName, Item: { ...goal, sk: GOAL }, ...isNew } },
    ...actions.map((action) => ({ Put: { TableName, Item: { ...action, sk: actionKey(action.position) } } })),
  ];
}

/** A goal as a list answers it. */
export const goalSummary = (goal: GoalRow, counts: TaskCounts) => ({
  ...pick(goal, 'goalId', 'title', 'description', 'deadline', 'status', 'version', 'actionCount', 'createdAt'),
  ...shownCounts(counts),
  executionArn: goal.executionArn ?? null,
});

/** An action as the API answers it. */
export const actionAnswer = (action: ActionRow) => ({
  ...pick(action, 'actionId', 'position', 'title', 'description', 'type'),
  subGoal: action.subGoal ?? null,
});

/** A goal as the API answers it. */
export const goalAnswer = (goal: GoalRow, actions: readonly ActionRow[], counts: TaskCounts) => ({
  ...pick(goal, 'goalId', 'title', 'description', 'deadline', 'status', 'version', 'createdAt'),
  executionArn: goal.executionArn ?? null,
  ...shownCounts(counts),
  actions: actions.map(actionAnswer),
});

/** A task as the API answers it. */
export const taskAnswer = (task: TaskRow) => ({
  ...pick(task, 'taskId', 'actionId', 'title', 'description', 'type', 'estimatedMinutes', 'status'),
  executionArn: task.executionArn ?? null,
  version: versionOf(task),
  changedAt: task.changedAt ?? null,
});

export async function createGoal(db: Database, body: CreateGoal, userId: string, newId: () => string, now: Date) {
  const { goal, actions } = newGoal(body, userId, newId, now);
  await db.client.send(new TransactWriteCommand({ TransactItems: createGoalItems(db, goal, actions) }));
  return goalAnswer(goal, actions, NO_TASKS);
}

/** @throws Problem goal_not_found, for another user's goal too (rule 5) */
export async function ownGoal(db: Database, goalId: string, userId: string): Promise<GoalRow> {
  const goal = await getGoal(db, goalId);
  if (goal?.userId !== userId) throw goalNotFound();
  return goal;
}

/**
 * Reads a goal, then its actions: were they older than the version that is answered with them, whoever sends that version
 * back with a new list would undo a change that they have not seen.
 * @throws Problem goal_not_found
 */
export async function readGoal(db: Database, goalId: string, userId: string) {
  const goal = await ownGoal(db, goalId, userId);
  const [actions, counts] = await Promise.all([listActions(db, goalId), readCounts(db, goal)]);
  return goalAnswer(goal, actions, counts);
}

/** The tasks of a goal by action, the oldest first; those that were saved together in the order of their numbers. */
export async function readTasks(db: Database, goalId: string, userId: string) {
  const removed = new Set(removedActions(await ownGoal(db, goalId, userId)));
  const tasks = (await listTasks(db, goalId)).filter(({ actionId }) => !removed.has(actionId));
  const placeOf = ({ actionId, createdAt = '' }: TaskRow) => `${actionId} ${createdAt}`;
  tasks.sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : Number(placeOf(one) > placeOf(other))));
  return { tasks: tasks.map(taskAnswer) };
}
