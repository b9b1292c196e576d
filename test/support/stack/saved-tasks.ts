import { taskKey } from '@goal-activity/core/goal/tasks.ts';
import { expect } from 'chai';
import type { Status, Task, User } from './stack.ts';

type Saved = Pick<Status, 'executionArn' | 'outcomes'>;

/** Every task that these executions say they have saved, as `<executionArn> <taskId>`. */
const savedTasks = (executions: readonly Saved[]): string[] =>
  executions.flatMap(({ executionArn, outcomes }) =>
    outcomes.flatMap(({ actionId, taskCount }) =>
      Array.from({ length: taskCount }, (_, index) => `${executionArn} ${taskKey(executionArn, actionId, index)}`),
    ),
  );

/**
 * Fails unless a goal has the tasks that its executions say they have saved, each once, and no others.
 * @returns them
 */
export async function expectTasksOf(
  user: User,
  goalId: string,
  executions: readonly Saved[],
  what = goalId,
): Promise<readonly Task[]> {
  const tasks = await user.listTasks(goalId);
  expect(
    tasks.map(({ executionArn, taskId }) => `${executionArn} ${taskId}`),
    `tasks of ${what}`,
  ).to.have.members(savedTasks(executions));
  return tasks;
}
