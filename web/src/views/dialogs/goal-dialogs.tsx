import type { Action, Goal } from '@goal-activity/client/types.ts';
import { EditDialog } from './edit-dialog.tsx';
import { StartDialog } from './start-dialog.tsx';

interface GoalDialogsProps {
  /** Which one is open: `start`, `retry`, or that of an action to be edited. */
  readonly dialog: string | Action | undefined;
  readonly goal: Goal;
  /** The execution to be retried. */
  readonly executionArn: string | null;
  /** Actions without tasks. */
  readonly without: number;
  onClose(): void;
  onChanged(): void;
}

/** What can be done about a goal's actions. */
export function GoalDialogs({ dialog, goal, executionArn, without, onClose, onChanged }: GoalDialogsProps) {
  if (dialog === 'start') return <StartDialog goal={goal} count={goal.actions.length} onClose={onClose} />;
  if (dialog === 'retry' && executionArn !== null) {
    return <StartDialog goal={goal} retried={executionArn} count={without} onClose={onClose} />;
  }
  if (typeof dialog !== 'object') return null;
  return <EditDialog goalId={goal.goalId} action={dialog} onClose={onClose} onSaved={onChanged} />;
}
