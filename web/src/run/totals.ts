import type { ExecutionStatus } from '@goal-activity/client/types.ts';

/** Actions whose tasks this execution has saved. */
export const savedOf = ({ outcomes }: ExecutionStatus): number =>
  outcomes.filter(({ outcome }) => outcome === 'SAVED').length;

/** Tasks that it has saved. */
export const tasksOf = ({ outcomes }: ExecutionStatus): number =>
  outcomes.reduce((sum, { taskCount }) => sum + taskCount, 0);
