import type { Task } from '@goal-activity/client/types.ts';

export const isMadeByAi = ({ executionArn }: Task): boolean => executionArn !== null;

/** The actions that have tasks of the AI, by id. Of an action whose tasks were all added by hand, the AI is still asked. */
export const actionsWithTasks = (tasks: readonly Task[]): ReadonlySet<string> =>
  new Set(tasks.filter(isMadeByAi).map(({ actionId }) => actionId));
