/** Where the 81 cells are, and in what order a person writes in them. */
import { actionPlace, type Draft, entryAt, type Place, subGoalPlace } from './draft.ts';
import { CENTRE, indexOf, PER_BLOCK, placeOf, SIDE, turn } from './layout.ts';

export const WIDTH = SIDE * SIDE;

/** A cell, by its row and column in the chart, each 0 to 8: `row * 9 + column`. */
export type CellNumber = number;

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const numberOf = (block: number, place: number): CellNumber => {
  const [row, column] = turn(block, place);
  return row * WIDTH + column;
};
const blockAndPlace = (cell: CellNumber) => turn(Math.floor(cell / WIDTH), cell % WIDTH);

export const blockOf = (cell: CellNumber): number => blockAndPlace(cell)[0];

/** What is written in a cell. A sub-goal is in two: around the goal, and in the middle of its own block. */
export function contentOf(cell: CellNumber): Place {
  const [block, place] = blockAndPlace(cell);
  if (block === CENTRE) return place === CENTRE ? 'title' : subGoalPlace(indexOf(place));
  return place === CENTRE ? subGoalPlace(indexOf(block)) : actionPlace(indexOf(block), indexOf(place));
}

/** Whether the cell is the one around the goal of the two that show a sub-goal. */
const isRepetition = (cell: CellNumber) => blockOf(cell) === CENTRE && cell !== GOAL;

/** The id of a cell's field is its place; the goal has a field of its own that has that, and a sub-goal two cells. */
export function fieldIdOfCell(cell: CellNumber): string {
  const place = contentOf(cell);
  if (place === 'title') return 'goal-cell';
  return isRepetition(cell) ? `${place}-around` : place;
}

const cellsOfBlock = (block: number): CellNumber[] => range(WIDTH).map((place) => numberOf(block, place));
export const GOAL: CellNumber = numberOf(CENTRE, CENTRE);
/** Where writing begins. */
export const FIRST_SUB_GOAL: CellNumber = numberOf(CENTRE, placeOf(0));

/** Every cell in reading order, a row of the chart each. */
export const CHART_ROWS: readonly (readonly CellNumber[])[] = range(WIDTH).map((row) =>
  range(WIDTH).map((column) => row * WIDTH + column),
);

/** The cells of one block, in its three rows. */
export const blockRows = (block: number): CellNumber[][] =>
  range(SIDE).map((row) => cellsOfBlock(block).slice(row * SIDE, row * SIDE + SIDE));

/** The blocks as they are written: first that in the middle. */
export const BLOCK_ORDER: readonly number[] = [CENTRE, ...range(PER_BLOCK).map(placeOf)];

/** The goal, its eight sub-goals, then each block: its actions follow the cell in its middle. */
const WRITING_ORDER: readonly CellNumber[] = BLOCK_ORDER.flatMap((block) => {
  const cells = cellsOfBlock(block);
  return [...cells.slice(CENTRE, CENTRE + 1), ...cells.toSpliced(CENTRE, 1)];
});
/** The name in the middle of a block is written already when its actions are, so writing passes it over. */
const isPassed = (cell: CellNumber) => blockOf(cell) !== CENTRE && contentOf(cell).startsWith('sub-goal');

/** The cell after or before another in the order of writing; undefined at the end. */
export function nextToWrite(cell: CellNumber, step: 1 | -1): CellNumber | undefined {
  const at = WRITING_ORDER.indexOf(cell) + step;
  const next = WRITING_ORDER[at];
  return next !== undefined && isPassed(next) ? WRITING_ORDER[at + step] : next;
}

/** The first cell of a block to write in; the goal in the middle has a field of its own. */
export const firstToWrite = (block: number): CellNumber =>
  cellsOfBlock(block).find((cell) => contentOf(cell) !== 'title') ?? GOAL;

/** The cell so many rows and columns on; the last one within the chart. */
export function move(cell: CellNumber, rows: number, columns: number): CellNumber {
  const within = (value: number) => Math.min(Math.max(value, 0), WIDTH - 1);
  return within(Math.floor(cell / WIDTH) + rows) * WIDTH + within((cell % WIDTH) + columns);
}

/** The cell whose field has an id. */
export const cellOfField = (id: string): CellNumber | undefined =>
  CHART_ROWS.flat().find((cell) => fieldIdOfCell(cell) === id);

/** The first cell in which two drafts differ; undefined when it is none. */
export function firstDifference(draft: Draft, other: Draft): CellNumber | undefined {
  return WRITING_ORDER.find((cell) => {
    const place = contentOf(cell);
    return JSON.stringify(entryAt(draft, place)) !== JSON.stringify(entryAt(other, place));
  });
}

/** Where Home and End lead: in the row, or in the whole, of what is in view. */
export function lineEnds(
  cell: CellNumber,
  isBlockInView: boolean,
  isWhole: boolean,
): { Home: CellNumber; End: CellNumber } {
  const rows = isBlockInView ? blockRows(blockOf(cell)) : CHART_ROWS;
  const cells = isWhole ? rows.flat() : (rows.find((row) => row.includes(cell)) ?? []);
  return { Home: cells[0] ?? cell, End: cells.at(-1) ?? cell };
}
