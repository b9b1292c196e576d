import type { Cell, ChartBlock } from '../components/mandala.tsx';
import type { Messages } from '../i18n/messages.ts';
import type { Draft, Place, Problem } from '../mandala/draft.ts';
import { fieldIdOf } from './block-editor.tsx';

/** Whether two places have the same field. */
export const sameKind = (a: Place, b: Place): boolean => fieldIdOf(a) === fieldIdOf(b);

/** The chart's cell ids are the ids of the fields that they open. */
export function chartOf(draft: Draft, problems: readonly Problem[], t: Messages): { goal: Cell; blocks: ChartBlock[] } {
  const isFlawed = (place: Place) => problems.some((problem) => sameKind(problem.place, place));
  return {
    goal: {
      kind: 'goal',
      text: draft.title,
      label: `${t.create.goal}: ${draft.title}`,
      id: fieldIdOf({ kind: 'title' }),
      isFlawed: isFlawed({ kind: 'title' }),
    },
    blocks: draft.blocks.map(({ title, actions }, block) => ({
      subGoal: {
        kind: 'subGoal',
        text: title,
        label: `${t.create.subGoalNumber(block + 1)}: ${title}`,
        id: fieldIdOf({ kind: 'subGoal', block }),
        isFlawed: isFlawed({ kind: 'subGoal', block }),
      },
      actions: actions.map((action, index) => ({
        kind: 'action',
        text: action.title,
        label: `${t.place.action(block + 1, index + 1)}: ${action.title}`,
        id: fieldIdOf({ kind: 'action', block, index }),
        isHabit: action.type === 'habit',
        isFlawed: isFlawed({ kind: 'action', block, index }),
      })),
    })),
  };
}

/** Name of a place, for the list of problems. */
export function placeText(place: Place, t: Messages): string {
  switch (place.kind) {
    case 'subGoal':
      return t.place.subGoal(place.block + 1);
    case 'action':
      return t.place.action(place.block + 1, place.index + 1);
    default:
      return t.place[place.kind];
  }
}
