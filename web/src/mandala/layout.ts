/** A block of the chart: a sub-goal with at most 8 actions. */
export interface Block<Item> {
  readonly title: string | null;
  readonly items: readonly Item[];
}

export const SIDE = 3;
export const PER_BLOCK = 8;
export const MAXIMUM_ACTIONS = 64;

/** Places of a block's 8 items around its centre, in reading order; row and column from 0 to 2. */
export const AROUND: readonly { readonly row: number; readonly column: number }[] = Array.from(
  { length: SIDE * SIDE },
  (_, index) => ({ row: Math.floor(index / SIDE), column: index % SIDE }),
).filter(({ row, column }) => row !== 1 || column !== 1);

/** The place of item `index` (0 to 7) among the 9 places of a block, the centre being 4. */
export const placeOf = (index: number): number => (index < 4 ? index : index + 1);

interface Positioned {
  readonly position: number;
  readonly subGoal: string | null;
}

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/**
 * Sets a goal's actions into at most 8 blocks. Actions with the same sub-goal share one, in the order of the actions;
 * more than 8 of them go on in the next. If that takes more than 8 blocks, the actions are set 8 by 8 without titles.
 */
export function blocksOf<Item extends Positioned>(actions: readonly Item[]): Block<Item>[] {
  const ordered = [...actions].sort((a, b) => a.position - b.position);
  const bySubGoal = Map.groupBy(ordered, ({ subGoal }) => subGoal);
  const blocks = [...bySubGoal].flatMap(([title, items]) =>
    chunk(items, PER_BLOCK).map((part) => ({ title, items: part })),
  );
  if (blocks.length <= PER_BLOCK) return blocks;
  return chunk(ordered, PER_BLOCK).map((items) => ({ title: null, items }));
}
