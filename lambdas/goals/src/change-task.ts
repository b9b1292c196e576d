import { type Database, transact } from '@goal-activity/core/aws/database.ts';
import { updateOf } from '@goal-activity/core/aws/update.ts';
import { Problem, TransientError } from '@goal-activity/core/errors.ts';
import { moveCounts } from '@goal-activity/core/goal/task-counts.ts';
import { getTask, versionOf } from '@goal-activity/core/goal/tasks.ts';
import type { GoalRow, TaskRow } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import { ownGoal, taskAnswer } from './goals.ts';
import type { changeTaskSchema } from './schema.ts';

export type ChangeTask = FromSchema<typeof changeTaskSchema>;

export const taskNotFound = () =>
  new Problem(404, 'task_not_found', 'Task not found', 'The goal has no task with this id.');

function taskChanged(): Problem {
  const detail = 'It was changed since you read it. Read the tasks again.';
  return new Problem(409, 'task_changed', 'The task has changed', detail);
}

/** Which task, and whose. */
export interface TaskId {
  readonly goalId: string;
  readonly taskId: string;
  readonly userId: string;
}

/** How many of tasks in this state are done. */
const doneIn = ({ status }: Pick<TaskRow, 'status'>) => Number(status === 'done');

/** The condition that nobody has changed a task since it was read, whether its row has a version or is from before. */
const unchanged = ({ version }: TaskRow) =>
  version === undefined ? 'attribute_exists(sk) AND attribute_not_exists(version)' : 'version = :version';

/** Each begins with fresh data; more are needed only while others change the same task, or begin to count the goal's. */
const ROUNDS = 5;

/**
 * Looks at a task and writes, until nobody comes in between.
 * @param write gives its answer; undefined when its condition did not hold
 */
async function withTask<Answer>(
  db: Database,
  { goalId, taskId, userId }: TaskId,
  write: (goal: GoalRow, task: TaskRow | undefined) => Promise<Answer | undefined>,
): Promise<Answer> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const [goal, task] = await Promise.all([ownGoal(db, goalId, userId), getTask(db, goalId, taskId)]);
    const answer = await write(goal, task);
    if (answer !== undefined) return answer;
  }
  throw new TransientError('The task is written by others without end');
}

/** A change of a task, and what it means for the counts of its goal. */
async function changeItems(db: Database, goal: GoalRow, task: TaskRow, changed: TaskRow) {
  const { goalId, taskId, version } = task;
  const { title, description, type, estimatedMinutes, status, changedAt } = changed;
  const Update = updateOf({
    TableName: db.tasks,
    Key: { goalId, sk: taskId },
    set: { title, description, type, estimatedMinutes, status, changedAt, version: changed.version },
    condition: unchanged(task).replace(':version', ':before'),
    values: { before: version },
  });
  const doneTaskCount = doneIn(changed) - doneIn(task);
  if (doneTaskCount === 0) return [{ Update }];
  return [{ Update }, { Update: await moveCounts(db, goal, { taskCount: 0, doneTaskCount }) }];
}

/**
 * Changes a task for a person, whether an execution runs or not. From then on it is the person's: no execution, cancel or
 * retry changes or removes it (rule 8). Asked again for what is there already, it answers that.
 * @throws Problem goal_not_found, task_not_found, task_changed
 */
export function changeTask(db: Database, id: TaskId, { version, ...given }: ChangeTask, now: Date) {
  const changes = { ...given, ...(given.title === undefined ? {} : { title: given.title.trim() }) };
  return withTask(db, id, async (goal, task) => {
    if (task === undefined) throw taskNotFound();
    const isThere = Object.entries(changes).every(([name, value]) => Reflect.get(task, name) === value);
    if (versionOf(task) === version + 1 && isThere) return taskAnswer(task);
    if (versionOf(task) !== version) throw taskChanged();
    const changed = { ...task, ...changes, version: version + 1, changedAt: now.toISOString() };
    const refusing = await transact(db, await changeItems(db, goal, task, changed));
    return refusing === undefined ? taskAnswer(changed) : undefined;
  });
}

/**
 * Removes a task for a person, whoever made it. One that is not there is removed already.
 * @throws Problem goal_not_found, task_changed
 */
export function removeTask(db: Database, id: TaskId, version: number): Promise<true> {
  return withTask(db, id, async (goal, task) => {
    if (task === undefined) return true;
    if (versionOf(task) !== version) throw taskChanged();
    const refusing = await transact(db, [
      {
        Delete: {
          TableName: db.tasks,
          Key: { goalId: id.goalId, sk: id.taskId },
          ConditionExpression: unchanged(task),
          ...(task.version === undefined ? {} : { ExpressionAttributeValues: { ':version': version } }),
        },
      },
      { Update: await moveCounts(db, goal, { taskCount: -1, doneTaskCount: -doneIn(task) }) },
    ]);
    return refusing === undefined ? true : undefined;
  });
}
