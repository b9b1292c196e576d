import { useEffect, useState, useSyncExternalStore } from 'react';
import { useServices } from '../services.ts';
import { type Row, rowsOf, TaskChanges, type TaskOfGoal } from './task-changes.ts';

/**
 * The rows of a list of tasks, with what can be done to them.
 * @param onChanged told when a task has been changed, or the API refused to change it, since it is not what the list shows
 */
export function useTaskChanges<Listed extends TaskOfGoal>(
  tasks: readonly Listed[],
  onChanged: (isRefused: boolean) => void,
): { rows: readonly Row<Listed>[]; changes: TaskChanges } {
  const { api } = useServices();
  const [changes] = useState(() => new TaskChanges(api));
  changes.onChanged = onChanged;
  const state = useSyncExternalStore(changes.subscribe, changes.getState);
  useEffect(() => {
    const flush = () => changes.flush();
    addEventListener('pagehide', flush);
    return () => {
      removeEventListener('pagehide', flush);
      flush();
    };
  }, [changes]);
  return { rows: rowsOf(tasks, state), changes };
}
