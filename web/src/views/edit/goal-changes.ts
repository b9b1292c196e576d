import type { Goal, GoalChanges, Task } from '@goal-activity/client/types.ts';
import { type Draft, draftOf, newGoalOf } from '../../mandala/draft.ts';

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * What to send, so that a goal becomes what was written: what differs from the goal that the person had before them, on top of
 * the newest one. An action that was added elsewhere meanwhile stays; one that was removed elsewhere is made anew.
 * @returns undefined when nothing was changed
 */
export function goalChanges(before: Goal, newest: Goal, draft: Draft): GoalChanges | undefined {
  const [was, wanted] = [newGoalOf(draftOf(before)), newGoalOf(draft)];
  const names = (['title', 'description', 'deadline', 'actions'] as const).filter(
    (name) => !isSame(was[name], wanted[name]),
  );
  if (names.length === 0) return undefined;
  const known = new Set(newest.actions.map(({ actionId }) => actionId));
  const had = new Set(before.actions.map(({ actionId }) => actionId));
  const own = wanted.actions.map(({ actionId, ...action }) =>
    actionId !== undefined && known.has(actionId) ? { ...action, actionId } : action,
  );
  const others = newest.actions
    .filter(({ actionId }) => !had.has(actionId))
    .map(({ position: _position, ...action }) => action);
  const values = { ...wanted, actions: [...own, ...others] };
  return { version: newest.version, ...Object.assign({}, ...names.map((name) => ({ [name]: values[name] }))) };
}

/** The actions that the changes take out, and the tasks that go with them. */
export function removalOf({ actions }: GoalChanges, newest: Goal, tasks: readonly Pick<Task, 'actionId'>[]) {
  const kept = new Set(actions?.map(({ actionId }) => actionId));
  const removed = new Set(
    actions === undefined ? [] : newest.actions.map(({ actionId }) => actionId).filter((id) => !kept.has(id)),
  );
  return { actionCount: removed.size, taskCount: tasks.filter(({ actionId }) => removed.has(actionId)).length };
}
