import type { Filling } from './draft.ts';
import { CENTRE, PER_BLOCK, placeOf, SIDE, turn } from './layout.ts';

export interface Pasted extends Filling {
  readonly form: 'mandala' | 'rows' | 'lines';
  readonly actionCount: number;
  readonly subGoalCount: number;
  /** Entries for which there is no cell: beyond 8 rows, 8 actions in a row, or 64 in all. */
  readonly leftOut: number;
}

/**
 * A cell and what ends it. A quote opens a cell only if one closes it right before that: `"Hello" is a greeting` is a text.
 */
const CELL = /(?:"((?:[^"]|"")*)"|([^\t\n]*))([\t\n])/g;

/** Splits a table that a spreadsheet copies: tabs, line ends, and quotes around cells that hold either. */
export function parseTable(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of `${text.replace(/\r\n?/g, '\n')}\n`.matchAll(CELL)) {
    const cell = quoted?.replaceAll('""', '"') ?? plain;
    rows.at(-1)?.push(cell.replace(/\s+/g, ' ').trim());
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

/**
 * Without the empty rows and columns around it; empty columns on the right stay as far as the ninth, since nine tell
 * that the first has names.
 */
function trimTable(rows: string[][]): string[][] {
  const width = Math.max(...rows.map((row) => row.length));
  const hasText = (row: readonly string[]) => row.some((cell) => cell !== '');
  const filledRows = rows.map(hasText);
  const filledColumns = Array.from({ length: width }, (_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const [top, bottom] = [filledRows.indexOf(true), filledRows.lastIndexOf(true)];
  if (top === -1) return [];
  const left = filledColumns.indexOf(true);
  const right = Math.max(filledColumns.lastIndexOf(true), Math.min(width, left + SIDE * SIDE) - 1);
  return rows
    .slice(top, bottom + 1)
    .map((row) => Array.from({ length: right - left + 1 }, (_, column) => row[left + column] ?? ''));
}

const isMandala = (rows: readonly (readonly string[])[]) =>
  rows.length === SIDE * SIDE && rows[0]?.length === SIDE * SIDE;

function fromMandala(rows: readonly (readonly string[])[]): Filling {
  const cell = (block: number, place: number) => {
    const [row, column] = turn(block, place);
    return rows[row]?.[column] ?? '';
  };
  const around = Array.from({ length: PER_BLOCK }, (_, index) => placeOf(index));
  return {
    goal: cell(CENTRE, CENTRE),
    blocks: around.map((block) => ({
      // The sub-goal stands twice: in the middle of its own block, and around the goal.
      title: cell(block, CENTRE) || cell(CENTRE, block),
      actions: around.map((place) => cell(block, place)),
    })),
  };
}

/** Each row is a sub-goal's; with 9 columns the first is its name. */
function blocksOfRows(rows: readonly (readonly string[])[]): Filling['blocks'] {
  const titles = (rows[0]?.length ?? 0) > PER_BLOCK ? 1 : 0;
  return rows.map((row) => ({ title: row.slice(0, titles).join(''), actions: row.slice(titles) }));
}

const BULLET = /^(?:[-*+•・‣◦]|(?:\d{1,2}|[a-zA-Z])[.)．)])\s*(?=\S)/u;
const HEADING = /^#{1,6}\s*(?=\S)/;

/** One action a line; a line that begins with `#` names the sub-goal of those that follow. */
function blocksOfLines(lines: readonly string[]): Filling['blocks'] {
  const blocks: { title: string; actions: string[] }[] = [];
  for (const line of lines) {
    const isHeading = HEADING.test(line);
    if (isHeading || (blocks.at(-1)?.actions.length ?? PER_BLOCK) === PER_BLOCK) {
      blocks.push({ title: isHeading ? line.replace(HEADING, '') : '', actions: [] });
    }
    if (!isHeading) blocks.at(-1)?.actions.push(line.replace(BULLET, ''));
  }
  return blocks;
}

const countOf = (blocks: Filling['blocks']): number =>
  blocks.reduce((sum, { actions }) => sum + actions.filter((title) => title !== '').length, 0);

/**
 * Reads what a person pasted: a 9 × 9 mandala table, a table with a row for each sub-goal (8 actions, or the sub-goal
 * and 8 actions), or a plain list of lines.
 * @returns undefined when there is nothing in it
 */
export function parsePaste(text: string): Pasted | undefined {
  const table = parseTable(text);
  const trimmed = trimTable(table);
  if (trimmed.length === 0) return undefined;
  // A mandala with an empty edge would be taken for a smaller table, so it is looked for before trimming. Spreadsheets end
  // the last row with a line end.
  const isEnded = table.at(-1)?.join('\t') === '';
  const mandala = [isEnded ? table.slice(0, -1) : table, trimmed].find(isMandala);
  const isTable = trimmed.some((row) => row.length > 1);
  const form = mandala ? 'mandala' : isTable ? 'rows' : 'lines';
  const lines = () => trimmed.map(([line = '']) => line).filter((line) => line !== '');
  const filling: Filling = mandala
    ? fromMandala(mandala)
    : { blocks: isTable ? blocksOfRows(trimmed) : blocksOfLines(lines()) };
  const blocks = filling.blocks
    .slice(0, PER_BLOCK)
    .map(({ title, actions }) => ({ title, actions: actions.slice(0, PER_BLOCK) }));
  return {
    ...filling,
    blocks,
    form,
    actionCount: countOf(blocks),
    subGoalCount: blocks.filter(({ title }) => title !== '').length,
    leftOut: countOf(filling.blocks) - countOf(blocks),
  };
}

/** Whether a paste into a single field is meant for the whole chart. */
export const isChartPaste = (text: string): boolean => /\t/.test(text) || text.trim().split(/\r?\n/).length > 1;
