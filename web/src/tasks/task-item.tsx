import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { announce } from '../announcer.tsx';
import { Button, Icon } from '../components/basics.tsx';
import { ErrorNote } from '../components/errors.tsx';
import { useTexts } from '../i18n/context.tsx';
import { langOf } from '../i18n/own-text.ts';
import type { Row, TaskChanges, TaskOfGoal, TaskStatus } from './task-changes.ts';

interface TaskItemProps {
  readonly row: Row<TaskOfGoal>;
  readonly changes: TaskChanges;
  /** Opens the form for it; without this, the task can be checked off alone. */
  readonly onEdit?: () => void;
  /** Told after it has been checked off or back. */
  readonly onChecked?: () => void;
  /** Below the title: what the task is for. */
  readonly children?: ReactNode;
}

/** In place of a task that was removed, as long as that can be undone. */
function RemovedTask({ row: { task }, changes }: TaskItemProps) {
  const { t } = useTexts();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is to be done with it; it waits while somebody is there
    <div
      className="task-removed"
      onFocus={() => changes.hold(task.taskId)}
      onBlur={({ currentTarget }) => {
        if (!currentTarget.matches(':hover')) changes.resume(task.taskId);
      }}
      onPointerEnter={() => changes.hold(task.taskId)}
      onPointerLeave={({ currentTarget }) => {
        if (!currentTarget.contains(document.activeElement)) changes.resume(task.taskId);
      }}
    >
      <p className="soft">{t.task.removed(task.title)}</p>
      <Button
        kind="quiet"
        icon="retry"
        aria-label={t.task.undoRemoval(task.title)}
        onClick={() => changes.undo(task.taskId)}
      >
        {t.task.undo}
      </Button>
    </div>
  );
}

/** @param isTyped whether it is to be said that it is a habit, or done once */
function TaskFacts({ row: { task, isSaving }, isTyped }: Pick<TaskItemProps, 'row'> & { isTyped: boolean }) {
  const { t, format } = useTexts();
  return (
    <p className="soft task-facts">
      <span>
        <Icon name="clock" /> {t.goal.minutes(format.duration(task.estimatedMinutes * 60))}
      </span>
      {isTyped && (
        <span>
          <Icon name={task.type === 'habit' ? 'habit' : 'once'} /> {t.actionType[task.type]}
        </span>
      )}
      {isSaving && <span className="task-saving">{t.common.saving}</span>}
    </p>
  );
}

function TaskButtons({ row: { task, isSaving }, changes, onEdit }: TaskItemProps) {
  const { t } = useTexts();
  return (
    <div className="task-buttons">
      <Button kind="quiet" icon="edit" aria-label={t.task.editOne(task.title)} title={t.goal.edit} onClick={onEdit} />
      <Button
        kind="quiet"
        icon="remove"
        aria-label={t.task.removeOne(task.title)}
        title={t.task.remove}
        disabled={isSaving}
        onClick={() => {
          changes.remove(task);
          announce(t.task.removed(task.title));
        }}
      />
    </div>
  );
}

/** Keeps the focus where a person is when one's own button is replaced: by the one that undoes it, and back. */
function useKeptFocus(isRemoved: boolean) {
  const item = useRef<HTMLLIElement>(null);
  const wasRemoved = useRef(isRemoved);
  const hadFocus = useRef(false);
  // While rendering, the button that was pressed is still there.
  if (wasRemoved.current !== isRemoved) hadFocus.current = item.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    if (wasRemoved.current === isRemoved) return;
    wasRemoved.current = isRemoved;
    if (hadFocus.current) item.current?.querySelector<HTMLElement>('button, input')?.focus({ preventScroll: true });
  }, [isRemoved]);
  return item;
}

/** A task that can be checked off and back, changed and removed. */
export function TaskItem(props: TaskItemProps) {
  const { row, changes, onEdit, onChecked, children } = props;
  const { t } = useTexts();
  const { task, failure, removal } = row;
  const item = useKeptFocus(removal !== undefined);
  const isDone = task.status === 'done';

  async function check(status: TaskStatus): Promise<void> {
    if ((await changes.check(task, status)) !== undefined) onChecked?.();
  }

  return (
    <li className={`task${isDone ? ' task-done' : ''}`} ref={item}>
      {removal !== undefined ? (
        <RemovedTask {...props} />
      ) : (
        <>
          <label className="task-head">
            <input type="checkbox" checked={isDone} onChange={() => void check(isDone ? 'not_started' : 'done')} />
            <span className="task-title" lang={langOf(task.title)}>
              {task.title}
            </span>
          </label>
          <div className="task-body">
            {task.description !== '' && (
              <p className="task-text" lang={langOf(task.description)}>
                {task.description}
              </p>
            )}
            {children}
            <div className="task-foot">
              <TaskFacts row={row} isTyped={onEdit !== undefined} />
              {onEdit && <TaskButtons {...props} />}
            </div>
            {failure && (
              <ErrorNote
                error={failure.error}
                failed={failure.wish === 'removed' ? t.task.notRemoved : t.task.notSaved}
                onRetry={() => (failure.wish === 'removed' ? changes.removeNow(task) : void check(failure.wish))}
              />
            )}
          </div>
        </>
      )}
    </li>
  );
}
