import { ApiError } from '@goal-activity/client/errors.ts';
import type { Goal } from '@goal-activity/client/types.ts';
import { useLocation } from 'wouter';
import { announce } from '../../announcer.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';
import { useServices } from '../../services.ts';

interface DeleteDialogProps {
  readonly goal: Goal;
  readonly taskCount: number;
  onClose(): void;
  /** The goal is not what the page shows. */
  onChanged(): void;
}

/** Deletes a goal with its actions and tasks, after saying what goes and what stays. Pressed again, it goes on where it was interrupted. */
export function DeleteDialog({ goal, taskCount, onClose, onChanged }: DeleteDialogProps) {
  const { t } = useTexts();
  const { api } = useServices();
  const [, navigate] = useLocation();
  const { goalId, title, version, actions } = goal;
  return (
    <Dialog
      title={t.deleteGoal.title(title)}
      steps={[t.deleteGoal.removes(actions.length, taskCount), t.deleteGoal.keeps, t.deleteGoal.isFinal]}
      confirm={t.deleteGoal.confirm}
      confirming={t.deleteGoal.deleting}
      isDangerous
      onClose={onClose}
      action={async () => {
        const params = { path: { goalId }, query: { version } };
        try {
          await api.DELETE('/api/goals/{goalId}', { params });
        } catch (error) {
          // The dialog then counts what is there now.
          if (error instanceof ApiError && error.status === 409) onChanged();
          throw error;
        }
        announce(t.deleteGoal.deleted(title));
        navigate(paths.goals, { replace: true });
      }}
    />
  );
}
