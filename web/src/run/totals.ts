import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import type { Messages } from '../i18n/en/en.ts';

/** Actions whose tasks this execution has saved. */
export const savedOf = ({ outcomes }: ExecutionStatus): number =>
  outcomes.filter(({ outcome }) => outcome === 'SAVED').length;

/** Tasks that it has saved. */
export const tasksOf = ({ outcomes }: ExecutionStatus): number =>
  outcomes.reduce((sum, { taskCount }) => sum + taskCount, 0);

/** What is worth knowing of it as a whole, in words; undefined for a code that this page does not know. */
export const adviceOf = ({ advice }: Pick<ExecutionStatus, 'advice'>, t: Messages) =>
  Object.entries(t.run.advice).find(([code]) => code === advice)?.[1];

/** What came of it, in words. */
export const resultOf = (status: ExecutionStatus, t: Messages) =>
  t.run.result(status.status, savedOf(status), status.totalActions, tasksOf(status));
