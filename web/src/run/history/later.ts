import type { ActionOutcome, ExecutionStatus, Goal, Task } from '@goal-activity/client/types.ts';
import type { Messages } from '../../i18n/en/en.ts';

/** What later runs have made of a goal. */
export interface Later {
  readonly goal: Goal;
  readonly tasks: readonly Task[];
  /** The newest run; undefined while that is not known. */
  readonly newest: ExecutionStatus | undefined;
}

/** What became of an action after a run in which it had failed, in words; none while that is not known. */
export function laterOf(actionId: string, { goal, tasks, newest }: Later, t: Messages): string {
  const count = tasks.filter((task) => task.actionId === actionId).length;
  if (!goal.actions.some((action) => action.actionId === actionId)) return t.later.gone;
  if (count > 0) return t.later.made(count);
  const outcomes: Readonly<Record<ActionOutcome['outcome'], string>> = {
    PENDING: t.later.pending,
    SAVED: t.later.left,
    FAILED: t.later.failed,
    CANCELLED: t.later.left,
  };
  if (newest === undefined) return '';
  const outcome = newest.outcomes.find((each) => each.actionId === actionId)?.outcome;
  return outcome === undefined ? t.later.left : outcomes[outcome];
}
