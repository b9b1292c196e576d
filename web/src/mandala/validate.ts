import {
  actionPlace,
  countActions,
  DESCRIPTION_LIMIT,
  type Draft,
  type Place,
  subGoalPlace,
  TITLE_LIMIT,
} from './draft.ts';

export type Flaw = 'missing' | 'tooLong' | 'characters' | 'date' | 'noActions' | 'subGoalWithoutActions';

export interface Problem {
  readonly place: Place;
  readonly flaw: Flaw;
}

/** The rules of docs/openapi.yaml; and U+FFFD, which the API takes for bytes that are not UTF-8. */
const LINE = /^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]*$/u;
const TEXT = /^(?:[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffd]|[\n\r\t])*$/u;
const VISIBLE = /(?!\p{DI}|\u2800)[\p{L}\p{N}\p{P}\p{S}]/u;
const length = (text: string): number => Array.from(text).length;

function lineFlaw(text: string): Flaw | undefined {
  const title = text.trim();
  if (length(title) > TITLE_LIMIT) return 'tooLong';
  return LINE.test(title) && (title === '' || VISIBLE.test(title)) ? undefined : 'characters';
}

function textFlaw(text: string): Flaw | undefined {
  if (length(text.trim()) > DESCRIPTION_LIMIT) return 'tooLong';
  return TEXT.test(text) ? undefined : 'characters';
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Everything that the API would refuse, and a chart without actions, which could not be started. */
export function validate(draft: Draft): Problem[] {
  const isWritten = countActions(draft) > 0;
  const found: [Place, Flaw | undefined][] = [
    ['title', draft.title.trim() === '' ? 'missing' : lineFlaw(draft.title)],
    ['description', textFlaw(draft.description)],
    ['deadline', draft.deadline === '' || isDay(draft.deadline) ? undefined : 'date'],
    ['chart', isWritten ? undefined : 'noActions'],
  ];
  draft.blocks.forEach(({ title, actions }, block) => {
    const isLonely = title.trim() !== '' && actions.every((action) => action.title.trim() === '');
    found.push([subGoalPlace(block), isLonely && isWritten ? 'subGoalWithoutActions' : lineFlaw(title)]);
    actions.forEach((action, index) => {
      found.push([actionPlace(block, index), lineFlaw(action.title) ?? textFlaw(action.description)]);
    });
  });
  return found.flatMap(([place, flaw]) => (flaw === undefined ? [] : [{ place, flaw }]));
}
