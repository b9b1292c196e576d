import type { Messages } from '../../i18n/en/en.ts';
import { type CellNumber, contentOf, fieldIdOfCell } from '../../mandala/cells.ts';
import { actionPlace, type Entry, numbersOf, type Place } from '../../mandala/draft.ts';

/** Id of the field of a place: a chart without anything is begun with its first action. */
export const fieldIdOf = (place: Place): string => (place === 'chart' ? actionPlace(0, 0) : place);

/** Name of a place. */
export function placeText(place: Place, t: Messages): string {
  if (place === 'title') return t.create.goal;
  if (place === 'description' || place === 'deadline' || place === 'chart') return t.create[place];
  const [block = 0, index] = numbersOf(place);
  return index === undefined ? t.create.subGoalNumber(block + 1) : t.create.placeOfAction(block + 1, index + 1);
}

/** What stands in a cell that is empty. */
export function placeholderOf(place: Place, t: Messages): string {
  const [, index] = numbersOf(place);
  return index === undefined ? placeText(place, t) : t.create.actionNumber(index + 1);
}

/** What a cell is called: its place, and of an action that it is a habit. */
export function cellLabel(cell: CellNumber, { type }: Partial<Entry>, t: Messages): string {
  const name = placeText(contentOf(cell), t);
  return type === 'habit' ? `${name}, ${t.actionType.habit}` : name;
}

/** The field of a cell in the page. */
export const fieldOf = (cell: CellNumber): HTMLTextAreaElement | undefined => {
  const element = document.getElementById(fieldIdOfCell(cell));
  return element instanceof HTMLTextAreaElement ? element : undefined;
};

/** Puts the focus into a field, and the field into view: by itself the browser would leave it below what sticks there. */
export function show(field: HTMLElement | undefined | null): void {
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: 'nearest' });
}
