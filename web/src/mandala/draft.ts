import type { ActionType, NewGoal } from '@goal-activity/client/types.ts';
import { PER_BLOCK } from './layout.ts';

export interface DraftAction {
  readonly title: string;
  readonly type: ActionType;
}
export interface DraftBlock {
  readonly title: string;
  /** Always 8. */
  readonly actions: readonly DraftAction[];
}
/** A goal being written: always 8 blocks of 8 actions, most of them empty at first. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  /** `YYYY-MM-DD` or empty. */
  readonly deadline: string;
  readonly blocks: readonly DraftBlock[];
}

/** Limits of the API (docs/openapi.yaml: Title, Description), in code points. */
export const TITLE_LIMIT = 200;
export const DESCRIPTION_LIMIT = 2000;

const emptyAction: DraftAction = { title: '', type: 'execution' };
const range = <Item>(make: (index: number) => Item): Item[] =>
  Array.from({ length: PER_BLOCK }, (_, index) => make(index));

export const emptyDraft: Draft = {
  title: '',
  description: '',
  deadline: '',
  blocks: range(() => ({ title: '', actions: range(() => emptyAction) })),
};

/** What a person wrote or pasted for a chart; anything missing is empty. */
export interface Filling {
  readonly goal?: string;
  readonly blocks: readonly { readonly title: string; readonly actions: readonly string[] }[];
}

/** The draft with the chart replaced; description, deadline and, where none is given, the goal stay. */
export function fill(draft: Draft, filling: Filling): Draft {
  return {
    ...draft,
    title: filling.goal || draft.title,
    blocks: range((block) => ({
      title: filling.blocks[block]?.title ?? '',
      actions: range((index) => ({ title: filling.blocks[block]?.actions[index] ?? '', type: 'execution' })),
    })),
  };
}

export function setBlock(draft: Draft, block: number, changes: Partial<DraftBlock>): Draft {
  return { ...draft, blocks: draft.blocks.map((each, at) => (at === block ? { ...each, ...changes } : each)) };
}

export function setAction(draft: Draft, block: number, index: number, changes: Partial<DraftAction>): Draft {
  const actions = draft.blocks[block]?.actions ?? [];
  return setBlock(draft, block, {
    actions: actions.map((action, at) => (at === index ? { ...action, ...changes } : action)),
  });
}

/**
 * Lines pasted into an action go on downwards from there.
 * @returns undefined when there are more than places left, or it is a table: then they are for the whole chart
 */
export function fillDown(
  draft: Draft,
  text: string,
  { block, index }: { block: number; index: number },
): { draft: Draft; count: number } | undefined {
  const lines = text.trim().split(/\r?\n/);
  if (text.includes('\t') || lines.length > PER_BLOCK - index) return undefined;
  return {
    draft: lines.reduce((next, line, row) => setAction(next, block, index + row, { title: line.trim() }), draft),
    count: lines.length,
  };
}

export const countActions = (draft: Draft): number =>
  draft.blocks.reduce((sum, { actions }) => sum + actions.filter(({ title }) => title.trim() !== '').length, 0);

export const isEmpty = (draft: Draft): boolean => JSON.stringify(draft) === JSON.stringify(emptyDraft);

/** Where something is wrong: the id of the field, or the chart as a whole. */
export type Place =
  | 'title'
  | 'description'
  | 'deadline'
  | 'chart'
  | `sub-goal-${number}`
  | `action-${number}-${number}`;

export const subGoalPlace = (block: number): Place => `sub-goal-${block}`;
export const actionPlace = (block: number, index: number): Place => `action-${block}-${index}`;

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
    ['description', length(draft.description) > DESCRIPTION_LIMIT ? 'tooLong' : undefined],
    ['description', TEXT.test(draft.description) ? undefined : 'characters'],
    ['deadline', draft.deadline === '' || isDay(draft.deadline) ? undefined : 'date'],
    ['chart', isWritten ? undefined : 'noActions'],
  ];
  draft.blocks.forEach(({ title, actions }, block) => {
    const isLonely = title.trim() !== '' && actions.every((action) => action.title.trim() === '');
    found.push([subGoalPlace(block), isLonely && isWritten ? 'subGoalWithoutActions' : lineFlaw(title)]);
    actions.forEach((action, index) => {
      found.push([actionPlace(block, index), lineFlaw(action.title)]);
    });
  });
  return found.flatMap(([place, flaw]) => (flaw === undefined ? [] : [{ place, flaw }]));
}

/** The body for `POST /api/goals`: empty cells are left out. */
export function newGoalOf(draft: Draft): NewGoal {
  return {
    title: draft.title.trim(),
    description: draft.description.trim(),
    deadline: draft.deadline === '' ? null : draft.deadline,
    actions: draft.blocks.flatMap(({ title: subGoal, actions }) =>
      actions
        .filter(({ title }) => title.trim() !== '')
        .map(({ title, type }) => ({
          title: title.trim(),
          type,
          ...(subGoal.trim() === '' ? {} : { subGoal: subGoal.trim() }),
        })),
    ),
  };
}

/**
 * Where the API's JSON pointer (`/actions/3/title`) is in the chart. Actions are numbered without the empty cells.
 */
export function placeOfPointer(draft: Draft, pointer: string): Place {
  const [, first = '', number = '', field = ''] = pointer.split('/');
  if (first === 'title' || first === 'description' || first === 'deadline') return first;
  const cells = draft.blocks.flatMap(({ actions }, block) =>
    actions.flatMap(({ title }, index) => (title.trim() === '' ? [] : [{ block, index }])),
  );
  const cell = first === 'actions' ? cells[Number(number)] : undefined;
  if (cell === undefined) return 'chart';
  return field === 'subGoal' ? subGoalPlace(cell.block) : actionPlace(cell.block, cell.index);
}
