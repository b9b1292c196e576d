import { type ApiClient, bodyOf } from '@goal-activity/client/client.ts';
import { ConnectionError } from '@goal-activity/client/errors.ts';
import type { Task } from '@goal-activity/client/types.ts';

export interface TaskOfGoal extends Task {
  readonly goalId: string;
}
export type TaskStatus = Task['status'];

/** What a person does to a task. */
type Wish = TaskStatus | 'removed';

/** What is under way or has become of a task since the list was read. */
interface Change {
  /** The task as the person wants it, or as the API answered. */
  readonly task?: Task;
  readonly isSaving?: boolean;
  /** `undoable`: not there any more, but the API has not been told; `sent`: it has. */
  readonly removal?: 'undoable' | 'sent';
  /** Why the wish could not be fulfilled. */
  readonly failure?: { readonly error: unknown; readonly wish: Wish };
}
export type Changes = ReadonlyMap<string, Change>;

/** A task of a list as it is to be shown. */
export interface Row<Listed extends Task> extends Omit<Change, 'task'> {
  readonly task: Omit<Listed, keyof Task> & Task;
}

/** The tasks that were read, with what has become of them since; what was read in a newer version is newer. */
export function rowsOf<Listed extends Task>(tasks: readonly Listed[], changes: Changes): readonly Row<Listed>[] {
  return tasks.flatMap((task) => {
    const { task: changed, ...rest } = changes.get(task.taskId) ?? {};
    if (rest.removal === 'sent') return [];
    const isNewer =
      changed !== undefined && (changed.version > task.version || (changed.version === task.version && rest.isSaving));
    return [{ task: isNewer ? { ...task, ...changed } : task, ...rest }];
  });
}

/** So long a removed task can be brought back. */
export const UNDO_MS = 8_000;

/**
 * Changes of a list of tasks that are shown before the API has answered. A wish that the API refuses is taken back, and says why.
 * A removal can be undone for `UNDO_MS`: only then the API is told.
 */
export class TaskChanges {
  readonly #api: ApiClient;
  readonly #listeners = new Set<() => void>();
  /** By task: the status that a request under way is to lead to; it may have changed since the request was sent. */
  readonly #wanted = new Map<string, TaskStatus>();
  readonly #removals = new Map<string, { task: TaskOfGoal; timer: ReturnType<typeof setTimeout> | undefined }>();
  #changes: Changes = new Map();
  /** Told when the API has changed a task, or refused to (`isRefused`): then the tasks are not what the list shows. */
  onChanged: (isRefused: boolean) => void = () => undefined;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  readonly getState = (): Changes => this.#changes;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(taskId: string, change?: Change): void {
    const changes = new Map(this.#changes);
    if (change === undefined) changes.delete(taskId);
    else changes.set(taskId, change);
    this.#changes = changes;
    for (const listener of this.#listeners) listener();
  }

  /** Without an answer there is nothing new to be read, and reading would fail too. */
  #fail(taskId: string, task: Task, wish: Wish, error: unknown): void {
    this.#set(taskId, { task, failure: { error, wish } });
    if (!(error instanceof ConnectionError)) this.onChanged(true);
  }

  /**
   * Checks a task off, or back. Checked again before the answer is there, it is sent once more afterwards.
   * @returns the task as the API answered; undefined when it refused, or when an earlier call sees to it
   */
  async check(task: TaskOfGoal, status: TaskStatus): Promise<Task | undefined> {
    const { goalId, taskId } = task;
    const isUnderWay = this.#wanted.has(taskId);
    this.#wanted.set(taskId, status);
    this.#set(taskId, { task: { ...task, status }, isSaving: true });
    if (isUnderWay) return undefined;
    let saved: Task = task;
    for (;;) {
      const wanted = this.#wanted.get(taskId) ?? status;
      const body = { version: saved.version, status: wanted };
      const params = { path: { goalId, taskId } };
      try {
        saved = await bodyOf(this.#api.PATCH('/api/goals/{goalId}/tasks/{taskId}', { params, body }));
      } catch (error) {
        const wish = this.#wanted.get(taskId) ?? status;
        this.#wanted.delete(taskId);
        this.#fail(taskId, saved, wish, error);
        return undefined;
      }
      if (this.#wanted.get(taskId) === wanted) break;
    }
    this.#wanted.delete(taskId);
    this.#set(taskId, { task: saved });
    this.onChanged(false);
    return saved;
  }

  /** Takes over what a form has saved. */
  accept(task: Task): void {
    this.#set(task.taskId, { task });
    this.onChanged(false);
  }

  /** Removes a task, as long as it is not brought back. */
  remove(task: TaskOfGoal): void {
    this.#removals.set(task.taskId, { task, timer: undefined });
    this.#set(task.taskId, { task, removal: 'undoable' });
    this.resume(task.taskId);
  }

  /** Removes it without a time for undoing, which it has had. */
  removeNow(task: TaskOfGoal): void {
    this.#removals.set(task.taskId, { task, timer: undefined });
    void this.#sendRemoval(task.taskId);
  }

  undo(taskId: string): void {
    this.hold(taskId);
    this.#removals.delete(taskId);
    this.#set(taskId);
  }

  /** While a person is at the button that brings it back, the time for it does not run. */
  hold(taskId: string): void {
    clearTimeout(this.#removals.get(taskId)?.timer);
  }

  resume(taskId: string): void {
    const removal = this.#removals.get(taskId);
    if (removal === undefined) return;
    clearTimeout(removal.timer);
    removal.timer = setTimeout(() => void this.#sendRemoval(taskId), UNDO_MS);
  }

  /** Sends what can still be undone: the list goes out of view, maybe with the page. */
  flush(): void {
    for (const taskId of [...this.#removals.keys()]) void this.#sendRemoval(taskId);
  }

  async #sendRemoval(taskId: string): Promise<void> {
    const removal = this.#removals.get(taskId);
    if (removal === undefined) return;
    const { task, timer } = removal;
    clearTimeout(timer);
    this.#removals.delete(taskId);
    this.#set(taskId, { task, removal: 'sent' });
    const params = { path: { goalId: task.goalId, taskId }, query: { version: task.version } };
    try {
      // It also arrives when the page is closed meanwhile.
      await this.#api.DELETE('/api/goals/{goalId}/tasks/{taskId}', { params, keepalive: true });
      this.onChanged(false);
    } catch (error) {
      this.#fail(taskId, task, 'removed', error);
    }
  }
}
