import { Suspense, useState } from 'react';
import { Link } from 'wouter';
import { Button, Icon } from '../../components/basics.tsx';
import { useTexts } from '../../i18n/context.tsx';
import { paths } from '../../paths.ts';
import type { GoalWithTasks } from '../../services.ts';
import { lazyView } from '../../views-ahead.ts';
import { DeleteDialog } from '../dialogs/delete-dialog.tsx';

const ExportDialog = lazyView(() => import('../../export/export-dialog.tsx'));

interface GoalToolsProps extends GoalWithTasks {
  onChanged(): void;
}

/** What can be done with a goal as a whole. It is not changed while an execution works on it. */
export function GoalTools({ goal, tasks, onChanged }: GoalToolsProps) {
  const { t } = useTexts();
  const [dialog, setDialog] = useState<'none' | 'export' | 'delete'>('none');
  const close = () => setDialog('none');
  const isIdle = goal.status !== 'processing';
  return (
    <div className="buttons goal-tools">
      {isIdle && (
        <Link className="button button-quiet" href={paths.editGoal(goal.goalId)}>
          <Icon name="edit" />
          {t.editGoal.button}
        </Link>
      )}
      <Button kind="quiet" icon="save" onClick={() => setDialog('export')}>
        {t.exportDialog.button}
      </Button>
      {isIdle && (
        <Button kind="quiet" icon="remove" onClick={() => setDialog('delete')}>
          {t.deleteGoal.button}
        </Button>
      )}
      {dialog === 'export' && (
        <Suspense>
          <ExportDialog content={{ goal, tasks }} onClose={close} />
        </Suspense>
      )}
      {dialog === 'delete' && (
        <DeleteDialog goal={goal} taskCount={tasks.length} onClose={close} onChanged={onChanged} />
      )}
    </div>
  );
}
