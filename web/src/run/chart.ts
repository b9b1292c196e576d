import type { Action, Goal } from '@goal-activity/client/types.ts';
import type { Chart } from '../components/mandala.tsx';
import type { Messages } from '../i18n/en/en.ts';
import { blocksOf } from '../mandala/layout.ts';
import type { Phase } from './cells.ts';

/** The chart of a goal that exists; its cells are identified by action id. */
export function goalChart(goal: Goal, phaseOf: (action: Action) => Phase | undefined, t: Messages): Chart {
  return {
    goal: { kind: 'goal', text: goal.title, label: goal.title },
    blocks: blocksOf(goal.actions).map(({ title, items }, index) => {
      const text = title ?? '';
      return {
        subGoal: { kind: text === '' ? 'empty' : 'subGoal', text, label: text },
        actions: items.map((action) => {
          const phase = phaseOf(action);
          return {
            kind: 'action',
            text: action.title,
            label: `${title ?? t.common.untitledSubGoal(index + 1)}: ${action.title}`,
            id: action.actionId,
            isHabit: action.type === 'habit',
            ...(phase === undefined ? {} : { phase }),
          };
        }),
      };
    }),
  };
}
