import type { Chart } from '../../components/mandala.tsx';
import type { Messages } from '../../i18n/en/en.ts';
import { actionPlace, type Draft, type Place, type Problem, subGoalPlace } from '../../mandala/draft.ts';

/** Id of the field of a place, also of its cell in the chart: the chart as a whole is begun with its first action. */
export const fieldIdOf = (place: Place): string => (place === 'chart' ? actionPlace(0, 0) : place);

/** The chart's cell ids are the ids of the fields that they open. */
export function chartOf(draft: Draft, problems: readonly Problem[], t: Messages): Chart {
  const cell = (place: Place, text: string, name: string) => ({
    text,
    label: `${name}: ${text}`,
    id: place,
    isFlawed: problems.some((problem) => fieldIdOf(problem.place) === place),
  });
  return {
    goal: { kind: 'goal', ...cell('title', draft.title, t.create.goal) },
    blocks: draft.blocks.map(({ title, actions }, block) => ({
      subGoal: { kind: 'subGoal', ...cell(subGoalPlace(block), title, t.create.subGoalNumber(block + 1)) },
      actions: actions.map((action, index) => ({
        kind: 'action',
        ...cell(actionPlace(block, index), action.title, t.create.placeOfAction(block + 1, index + 1)),
        isHabit: action.type === 'habit',
      })),
    })),
  };
}

/** Name of a place, for the list of problems. */
export function placeText(place: Place, t: Messages): string {
  if (place === 'title') return t.create.goal;
  if (place === 'description' || place === 'deadline' || place === 'chart') return t.create[place];
  const [block = 0, index] = place.match(/\d/g)?.map((digit) => Number(digit) + 1) ?? [];
  return index === undefined ? t.create.subGoalNumber(block) : t.create.placeOfAction(block, index);
}
