import type { ActionType, Goal, NewGoal } from '@goal-activity/client/types.ts';
import { blocksOf, PER_BLOCK } from './layout.ts';

export interface DraftAction {
  readonly title: string;
  readonly type: ActionType;
  readonly description: string;
  /** Of an action that exists already. */
  readonly actionId?: string;
  /** Its own, where a goal has more sub-goals than the chart has blocks, and its block is without a name. */
  readonly subGoal?: string;
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

const emptyAction: DraftAction = { title: '', type: 'execution', description: '' };
const range = <Item>(make: (index: number) => Item): Item[] =>
  Array.from({ length: PER_BLOCK }, (_, index) => make(index));

export const emptyDraft: Draft = {
  title: '',
  description: '',
  deadline: '',
  blocks: range(() => ({ title: '', actions: range(() => emptyAction) })),
};

/** What a person pasted, or a template, for a chart; anything missing is empty. */
export interface Filling {
  readonly goal?: string;
  readonly description?: string;
  readonly blocks: readonly FilledBlock[];
}
export interface FilledBlock {
  readonly title: string;
  readonly actions: readonly (Pick<DraftAction, 'title'> & Partial<DraftAction>)[];
}

/** The draft with the chart replaced; the deadline stays, and goal and description where none are given. */
export function fill(draft: Draft, { goal, description, blocks }: Filling): Draft {
  return {
    ...draft,
    title: goal || draft.title,
    description: description || draft.description,
    blocks: range((block) => ({
      title: blocks[block]?.title ?? '',
      actions: range((index) => ({ ...emptyAction, ...blocks[block]?.actions[index] })),
    })),
  };
}

/** A goal that exists, as a draft to be changed: its actions keep their ids. */
export function draftOf({
  title,
  description,
  deadline,
  actions,
}: Pick<Goal, 'title' | 'description' | 'deadline' | 'actions'>): Draft {
  const blocks = blocksOf(actions).map((block) => ({
    title: block.title ?? '',
    actions: block.items.map(({ actionId, subGoal, ...action }) => ({
      title: action.title,
      type: action.type,
      description: action.description,
      actionId,
      ...(block.title === null && subGoal !== null ? { subGoal } : {}),
    })),
  }));
  return fill({ ...emptyDraft, deadline: deadline ?? '' }, { goal: title, description, blocks });
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

/** What is written at a place of the chart. */
export type Entry = Partial<DraftAction> & { readonly title: string };

/** The block and the action that a place names: no action for a sub-goal, neither for the goal. */
export const numbersOf = (place: Place): (number | undefined)[] => place.match(/\d/g)?.map(Number) ?? [];

export function entryAt(draft: Draft, place: Place): Entry {
  const [block, index] = numbersOf(place);
  if (block === undefined) return { title: draft.title };
  const { title = '', actions = [] } = draft.blocks[block] ?? {};
  return index === undefined ? { title } : (actions[index] ?? { title: '' });
}

/** @param changes of a sub-goal and the goal, the title alone */
export function setEntry(draft: Draft, place: Place, changes: Partial<DraftAction>): Draft {
  const [block, index] = numbersOf(place);
  if (block !== undefined && index !== undefined) return setAction(draft, block, index, changes);
  const { title } = changes;
  if (title === undefined) return draft;
  return block === undefined ? { ...draft, title } : setBlock(draft, block, { title });
}

export const subGoalPlace = (block: number): Place => `sub-goal-${block}`;
export const actionPlace = (block: number, index: number): Place => `action-${block}-${index}`;

/** The actions of the request, without the empty cells; those that exist already have their `actionId`. */
function actionsOf(draft: Draft): (NewGoal['actions'][number] & { actionId?: string })[] {
  return draft.blocks.flatMap(({ title: blockTitle, actions }) =>
    actions
      .filter(({ title }) => title.trim() !== '')
      .map(({ title, type, description, actionId, subGoal: ownSubGoal = '' }) => {
        const subGoal = blockTitle.trim() || ownSubGoal;
        return {
          title: title.trim(),
          type,
          ...(description.trim() === '' ? {} : { description: description.trim() }),
          ...(subGoal === '' ? {} : { subGoal }),
          ...(actionId === undefined ? {} : { actionId }),
        };
      }),
  );
}

/** What is written, as the API takes it: the body for `POST /api/goals` when no action exists already. */
export function newGoalOf(draft: Draft) {
  return {
    title: draft.title.trim(),
    description: draft.description.trim(),
    deadline: draft.deadline === '' ? null : draft.deadline,
    actions: actionsOf(draft),
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
