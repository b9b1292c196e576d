import type { Action, Goal, Task } from '@goal-activity/client/types.ts';
import type { Share } from '../components/cell.tsx';
import type { Chart } from '../components/mandala.tsx';
import type { Messages } from '../i18n/en/en.ts';
import { blocksOf } from '../mandala/layout.ts';
import type { Phase } from './cells.ts';

/** How many of each action's tasks are done, by action id; nothing of an action without tasks. */
export function doneOf(tasks: readonly Task[]): Map<string, Share> {
  const shares = [...Map.groupBy(tasks, ({ actionId }) => actionId)].map(([actionId, own]) => {
    const count = own.filter(({ status }) => status === 'done').length;
    return [actionId, { count, total: own.length }] as const;
  });
  return new Map(shares);
}

interface CellFacts {
  phaseOf(action: Action): Phase | undefined;
  doneOf?(action: Action): Share | undefined;
}

/** The chart of a goal that exists; its cells are identified by action id. */
export function goalChart(goal: Goal, { phaseOf, doneOf }: CellFacts, t: Messages): Chart {
  const blocks = blocksOf(goal.actions);
  return {
    goal: { kind: 'goal', text: goal.title, label: goal.title },
    blocks: blocks.map(({ title, items }, index) => {
      const name = title ?? t.common.untitledSubGoal(index + 1);
      // A lone group needs no name.
      const isNamed = title !== null || blocks.length > 1;
      return {
        subGoal: { kind: isNamed ? 'subGoal' : 'empty', text: isNamed ? name : '', label: name },
        actions: items.map((action) => {
          const [phase, done] = [phaseOf(action), doneOf?.(action)];
          return {
            kind: 'action',
            text: action.title,
            label: `${name}: ${action.title}`,
            id: action.actionId,
            isHabit: action.type === 'habit',
            ...(phase === undefined ? {} : { phase }),
            ...(done === undefined ? {} : { done }),
          };
        }),
      };
    }),
  };
}
