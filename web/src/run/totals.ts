import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import type { Messages } from '../i18n/en/en.ts';
import { needsAdministrator } from './failures.ts';

/** Actions whose tasks this execution has saved. */
export const savedOf = ({ outcomes }: Pick<ExecutionStatus, 'outcomes'>): number =>
  outcomes.filter(({ outcome }) => outcome === 'SAVED').length;

/** Tasks that it has saved. */
export const tasksOf = ({ outcomes }: Pick<ExecutionStatus, 'outcomes'>): number =>
  outcomes.reduce((sum, { taskCount }) => sum + taskCount, 0);

/** What is worth knowing of it as a whole, in words; undefined for a code that this page does not know. */
export const adviceOf = ({ advice }: Pick<ExecutionStatus, 'advice'>, t: Messages) =>
  Object.entries(t.run.advice).find(([code]) => code === advice)?.[1];

/** What holds it up, in words; empty when nothing does. */
export function heldOf({ outcomes, slowActions }: Pick<ExecutionStatus, 'outcomes' | 'slowActions'>, t: Messages) {
  const retried = outcomes.filter(({ attempt }) => attempt !== undefined);
  const isSlow = ({ actionId }: { actionId: string }) => slowActions.includes(actionId);
  const attempt = Math.max(1, ...retried.filter(isSlow).map((each) => each.attempt ?? 1));
  return t.run.held(slowActions.length, attempt, retried.filter((each) => !isSlow(each)).length);
}

/** The error of an execution that a person cancelled: lambdas/core/src/execution/cancel.ts. */
const CANCELLED = 'ABORT';

/** Whether a person cancelled it; others may have stopped one that is aborted. */
export const isCancelled = ({ status, error }: Pick<ExecutionStatus, 'status' | 'error'>): boolean =>
  status === 'ABORTED' && error === CANCELLED;

/** What came of it, in words: by what it has saved, and by the error that ended it. */
export function resultOf(status: ExecutionStatus, t: Messages) {
  const { status: state, totalActions } = status;
  const saved = savedOf(status);
  const taskCount = tasksOf(status);
  const result = t.run.result(state, saved, totalActions, taskCount);
  if (isCancelled(status)) return t.run.cancelled(taskCount);
  return state === 'FAILED' && saved === 0 && needsAdministrator(status)
    ? { ...result, next: t.failure.accessDenied.next }
    : result;
}
