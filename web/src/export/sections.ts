import type { Action, Task } from '@goal-activity/client/types.ts';
import { blocksOf } from '../mandala/layout.ts';
import type { GoalWithTasks } from '../services.ts';

interface Section {
  /** The sub-goal; null for actions without one. */
  readonly title: string | null;
  readonly actions: readonly { readonly action: Action; readonly tasks: readonly Task[] }[];
}

/** A goal's actions with their tasks, by sub-goal: the order of the page, and of every file that is made from it. */
export function sectionsOf({ goal, tasks }: GoalWithTasks): readonly Section[] {
  const tasksOf = Map.groupBy(tasks, ({ actionId }) => actionId);
  return blocksOf(goal.actions).map(({ title, items }) => ({
    title,
    actions: items.map((action) => ({ action, tasks: tasksOf.get(action.actionId) ?? [] })),
  }));
}
