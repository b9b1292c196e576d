import type { Action } from '@goal-activity/client/types.ts';

export const SIDE = 3;
export const PER_BLOCK = 8;
export const MAXIMUM_ACTIONS = 64;

/** Turns a cell's block and place therein into its row and column in the chart. The way back is the same. */
export const turn = (a: number, b: number): readonly [number, number] => [
  Math.floor(a / SIDE) * SIDE + Math.floor(b / SIDE),
  (a % SIDE) * SIDE + (b % SIDE),
];

/** The place in the middle of a block, and the block in the middle of the chart. */
export const CENTRE = 4;

/** The place of item `index` (0 to 7) among the 9 places of a block, around its centre. */
export const placeOf = (index: number): number => (index < CENTRE ? index : index + 1);
/** The way back. */
export const indexOf = (place: number): number => (place < CENTRE ? place : place - 1);

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/**
 * Sets a goal's actions into at most 8 blocks. Actions with the same sub-goal share one, in the order of the actions;
 * more than 8 of them go on in the next. If that takes more than 8 blocks, the actions are set 8 by 8 without titles.
 */
export function blocksOf<Item extends Pick<Action, 'position' | 'subGoal'>>(actions: readonly Item[]) {
  const ordered = [...actions].sort((a, b) => a.position - b.position);
  const bySubGoal = Map.groupBy(ordered, ({ subGoal }) => subGoal);
  const blocks = [...bySubGoal].flatMap(([title, items]) =>
    chunk(items, PER_BLOCK).map((part) => ({ title, items: part })),
  );
  if (blocks.length <= PER_BLOCK) return blocks;
  return chunk(ordered, PER_BLOCK).map((items) => ({ title: null, items }));
}
