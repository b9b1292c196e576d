import type { Action, Goal } from '@goal-activity/client/types.ts';
import { EditDialog } from './edit-dialog.tsx';
import { RetryDialog } from './start-dialogs.tsx';

interface GoalDialogsProps {
  /** Which one is open: `retry`, or that of an action to be edited. */
  readonly dialog: string | Action | undefined;
  readonly goal: Goal;
  /** The execution to be retried. */
  readonly executionArn: string | null;
  /** Actions without tasks. */
  readonly without: number;
  onClose(): void;
  onChanged(): void;
}

/** What can be done about actions without tasks. */
export function GoalDialogs({ dialog, goal, executionArn, without, onClose, onChanged }: GoalDialogsProps) {
  if (dialog === 'retry' && executionArn !== null) {
    return <RetryDialog executionArn={executionArn} count={without} onClose={onClose} />;
  }
  if (typeof dialog !== 'object') return null;
  return <EditDialog goalId={goal.goalId} action={dialog} onClose={onClose} onSaved={onChanged} />;
}
