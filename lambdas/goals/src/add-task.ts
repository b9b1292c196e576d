import { type Database, transact } from '@goal-activity/core/aws/database.ts';
import { actionNotFound, Problem, TransientError } from '@goal-activity/core/errors.ts';
import { actionKey, listActions } from '@goal-activity/core/goal/rows.ts';
import { moveCounts } from '@goal-activity/core/goal/task-counts.ts';
import { addedTaskKey, getTask, listTasks, putTask } from '@goal-activity/core/goal/tasks.ts';
import { LIMITS } from '@goal-activity/core/schema.ts';
import type { ActionRow, GoalRow, TaskRow } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import { taskNotFound } from './change-task.ts';
import { ownGoal, taskAnswer } from './goals.ts';
import { hashOf, madeBy, rememberMade } from './idempotency.ts';
import type { addTaskSchema } from './schema.ts';

export type AddTask = FromSchema<typeof addTaskSchema>;

/** Who adds a task to which goal. */
interface Adding {
  readonly goalId: string;
  readonly userId: string;
  /** The `Idempotency-Key`, if there is one. */
  readonly key: string | undefined;
}

/** The action of a goal that gets a task. @throws Problem action_not_found, too_many_tasks */
async function actionWithRoom(db: Database, goalId: string, actionId: string): Promise<ActionRow> {
  const [actions, tasks] = await Promise.all([listActions(db, goalId), listTasks(db, goalId, actionId)]);
  const action = actions.find((each) => each.actionId === actionId);
  if (action === undefined) throw actionNotFound();
  if (tasks.length < LIMITS.tasksKeptPerAction) return action;
  const detail = `An action has at most ${LIMITS.tasksKeptPerAction} tasks.`;
  throw new Problem(409, 'too_many_tasks', 'Too many tasks', detail);
}

/** A task that a person adds, with its place in the counts of its goal, on the condition that its action is there. */
async function addItems(db: Database, goal: GoalRow, { actionId, position }: ActionRow, task: TaskRow) {
  return [
    { Put: putTask(db, task) },
    { Update: await moveCounts(db, goal, { taskCount: 1, doneTaskCount: 0 }) },
    {
      ConditionCheck: {
        TableName: db.goals,
        Key: { goalId: goal.goalId, sk: actionKey(position) },
        ConditionExpression: 'actionId = :actionId',
        ExpressionAttributeValues: { ':actionId': actionId },
      },
    },
  ];
}

/** Each begins with fresh data; more are needed only while others change the goal, or use the same key. */
const ROUNDS = 5;

/**
 * Adds a task of a person to an action, whether an execution runs or not. It is the person's (rule 8). With a key, a
 * repetition finds what the first request added, however late it comes.
 * @returns the task as it is now, and whether this call added it
 * @throws Problem goal_not_found, action_not_found, too_many_tasks, idempotency_key_reused; task_not_found when the one that
 * the key has added was removed since
 */
export async function addTask(
  db: Database,
  { goalId, userId, key }: Adding,
  { actionId, title, description = '', type, estimatedMinutes }: AddTask,
  newId: () => string,
  now: Date,
): Promise<{ isNew: boolean; task: ReturnType<typeof taskAnswer> }> {
  const at = now.toISOString();
  const bodyHash = hashOf({ goalId, actionId, title, description, type, estimatedMinutes });
  for (let round = 1; round <= ROUNDS; round += 1) {
    const goal = await ownGoal(db, goalId, userId);
    const made = key === undefined ? undefined : await madeBy(db, userId, key, bodyHash);
    if (made?.createdTaskId !== undefined) {
      const task = await getTask(db, goalId, made.createdTaskId);
      if (task === undefined) throw taskNotFound();
      return { isNew: false, task: taskAnswer(task) };
    }
    const action = await actionWithRoom(db, goalId, actionId);
    const taskId = addedTaskKey(actionId, newId());
    const ofPerson = { status: 'not_started', version: 1, createdAt: at, changedAt: at } as const;
    const task = { goalId, taskId, actionId, title: title.trim(), description, type, estimatedMinutes, ...ofPerson };
    const remember =
      key === undefined
        ? []
        : [rememberMade(db, userId, key, { createdGoalId: goalId, createdTaskId: taskId, bodyHash }, at)];
    const refusing = await transact(db, [...remember, ...(await addItems(db, goal, action, task))]);
    if (refusing === undefined) return { isNew: true, task: taskAnswer(task) };
  }
  throw new TransientError('The goal is written by others without end');
}
