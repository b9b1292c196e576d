import type { Chart } from '../../components/mandala.tsx';
import type { Messages } from '../../i18n/en/en.ts';
import type { Draft, Place, Problem } from '../../mandala/draft.ts';

/** Id of the field of a place, also of its cell in the chart. */
export function fieldIdOf(place: Place): string {
  switch (place.kind) {
    case 'subGoal':
      return `sub-goal-${place.block}`;
    case 'action':
      return `action-${place.block}-${place.index}`;
    case 'chart':
      return 'action-0-0';
    default:
      return place.kind;
  }
}

/** Whether two places have the same field. */
export const sameKind = (a: Place, b: Place): boolean => fieldIdOf(a) === fieldIdOf(b);

/** The chart's cell ids are the ids of the fields that they open. */
export function chartOf(draft: Draft, problems: readonly Problem[], t: Messages): Chart {
  const cell = (place: Place, text: string, name: string) => ({
    text,
    label: `${name}: ${text}`,
    id: fieldIdOf(place),
    isFlawed: problems.some((problem) => sameKind(problem.place, place)),
  });
  return {
    goal: { kind: 'goal', ...cell({ kind: 'title' }, draft.title, t.create.goal) },
    blocks: draft.blocks.map(({ title, actions }, block) => ({
      subGoal: { kind: 'subGoal', ...cell({ kind: 'subGoal', block }, title, t.create.subGoalNumber(block + 1)) },
      actions: actions.map((action, index) => ({
        kind: 'action',
        ...cell({ kind: 'action', block, index }, action.title, t.place.action(block + 1, index + 1)),
        isHabit: action.type === 'habit',
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
