import type { Action, Goal, Task } from '@goal-activity/client/types.ts';
import { useState } from 'react';
import { announce } from '../announcer.tsx';
import { Button } from '../components/basics.tsx';
import { useTexts } from '../i18n/context.tsx';
import { AgainDialog } from './again-dialog.tsx';
import { isMadeByAi } from './ai-tasks.ts';
import { TaskDialog } from './task-dialog.tsx';
import { TaskItem } from './task-item.tsx';
import { useTaskChanges } from './use-task-changes.ts';

export interface TaskListProps {
  readonly goal: Goal;
  /** Whose tasks they are. */
  readonly action: Action;
  /** Those of the action, in their order. */
  readonly tasks: readonly Task[];
  /** Told after a change, so that whoever has loaded the goal and its tasks reads them again. */
  onChanged(): void;
}

type Open = 'none' | 'add' | 'again' | Task;

/** The tasks of one action, and what a person can do with them. */
export function TaskList({ goal, action, tasks, onChanged }: TaskListProps) {
  const { t } = useTexts();
  const { goalId } = goal;
  const { rows, changes } = useTaskChanges(
    tasks.map((task) => ({ ...task, goalId })),
    onChanged,
  );
  const [open, setOpen] = useState<Open>('none');
  const close = () => setOpen('none');
  const touched = tasks.filter(({ changedAt }) => changedAt !== null).length;

  function announceProgress(): void {
    const done = rows.filter(({ task }) => (changes.getState().get(task.taskId)?.task ?? task).status === 'done');
    announce(t.task.progress(done.length, rows.length));
  }

  return (
    <div className="task-list">
      {rows.length > 0 && (
        <ul className="tasks">
          {rows.map((row) => (
            <TaskItem
              key={row.task.taskId}
              row={row}
              changes={changes}
              onEdit={() => setOpen(row.task)}
              onChecked={announceProgress}
            />
          ))}
        </ul>
      )}
      <div className="buttons task-list-buttons">
        <Button kind="quiet" icon="plus" aria-label={t.task.addTo(action.title)} onClick={() => setOpen('add')}>
          {t.task.add}
        </Button>
        {tasks.some(isMadeByAi) && goal.status !== 'processing' && (
          <Button kind="quiet" icon="retry" aria-label={t.again.button(action.title)} onClick={() => setOpen('again')}>
            {t.again.short}
          </Button>
        )}
      </div>
      {open === 'again' && (
        <AgainDialog goalId={goalId} action={action} total={tasks.length} touched={touched} onClose={close} />
      )}
      {open !== 'again' && open !== 'none' && (
        <TaskDialog
          goalId={goalId}
          action={action}
          {...(open === 'add' ? {} : { task: open })}
          onClose={close}
          onSaved={(task) => changes.accept(task)}
          onChanged={onChanged}
        />
      )}
    </div>
  );
}
