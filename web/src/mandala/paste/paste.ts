import type { FilledBlock, Filling } from '../draft.ts';
import { CENTRE, PER_BLOCK, placeOf, SIDE, turn } from '../layout.ts';
import { type ActionList, isActionList, readActionList } from './action-list.ts';
import { parseTable, SEPARATORS, trimTable } from './table.ts';

type Rows = readonly (readonly string[])[];

export interface Pasted extends Filling, Pick<ActionList, 'unknownColumns' | 'unknownTypes'> {
  readonly form: 'mandala' | 'rows' | 'list' | 'lines';
  readonly actionCount: number;
  readonly subGoalCount: number;
  /** What there is no cell for: beyond 8 rows, 8 actions in a row, or 64 in all. */
  readonly leftOut: readonly string[];
}

const titled = (titles: readonly string[]) => titles.map((title) => ({ title }));

const WIDTH = SIDE * SIDE;
const isMandala = (rows: Rows) => rows.length === WIDTH && rows.every((row) => row.length === WIDTH);

function fromMandala(rows: Rows): Filling {
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
      actions: titled(around.map((place) => cell(block, place))),
    })),
  };
}

/** Each row is a sub-goal's; with 9 columns the first is its name. */
function blocksOfRows(rows: Rows): Filling['blocks'] {
  const titles = (rows[0]?.length ?? 0) > PER_BLOCK ? 1 : 0;
  return rows.map((row) => ({ title: row.slice(0, titles).join(''), actions: titled(row.slice(titles)) }));
}

const BULLET = /^(?:[-*+•・‣◦]|(?:\d{1,2}|[a-zA-Z])[.)．)])\s*(?=\S)/u;
const HEADING = /^#{1,6}\s*(?=\S)/;

/** One action a line; a line that begins with `#` names the sub-goal of those that follow. */
function blocksOfLines(lines: readonly string[]): Filling['blocks'] {
  const blocks: { title: string; actions: { title: string }[] }[] = [];
  for (const line of lines) {
    const isHeading = HEADING.test(line);
    if (isHeading || (blocks.at(-1)?.actions.length ?? PER_BLOCK) === PER_BLOCK) {
      blocks.push({ title: isHeading ? line.replace(HEADING, '') : '', actions: [] });
    }
    if (!isHeading) blocks.at(-1)?.actions.push({ title: line.replace(BULLET, '') });
  }
  return blocks;
}

const titlesOf = (blocks: readonly FilledBlock[]): string[] =>
  blocks.flatMap(({ actions }) => actions.map(({ title }) => title)).filter((title) => title !== '');

/** A mandala with an empty edge would be taken for a smaller table, so it is looked for before trimming as well. */
function mandalaIn(table: Rows): Rows | undefined {
  // Spreadsheets end the last row with a line end.
  const whole = table.at(-1)?.join('') === '' ? table.slice(0, -1) : table;
  return [whole, trimTable(table, WIDTH)].find(isMandala);
}

/** Commas are in sentences too: a text is a table with them when it has a form that no list of sentences has. */
function isTable(table: Rows): boolean {
  const trimmed = trimTable(table, WIDTH);
  const [first = []] = trimmed;
  const isEven = table.filter((row) => row.join('') !== '').every((row) => row.length === table[0]?.length);
  if (mandalaIn(table) !== undefined || (isEven && isActionList(trimmed))) return true;
  return isEven && (first.length === WIDTH || first.length === PER_BLOCK) && trimmed.length > 1;
}

/** Reads the table in a text, whatever separates its cells; undefined when it is a list of lines. */
function tableIn(text: string): string[][] | undefined {
  const [tab, ...others] = SEPARATORS;
  if (text.includes(tab)) return parseTable(text, tab);
  return others.map((separator) => parseTable(text, separator)).find(isTable);
}

function readTable(table: Rows): Pick<Pasted, 'form' | 'goal' | 'blocks'> & Partial<ActionList> {
  const mandala = mandalaIn(table);
  if (mandala !== undefined) return { form: 'mandala', ...fromMandala(mandala) };
  const rows = trimTable(table, WIDTH);
  // Two columns, even where each row has another sub-goal.
  if (isActionList(rows) || rows[0]?.length === 2) return { form: 'list', ...readActionList(rows) };
  return { form: 'rows', blocks: blocksOfRows(rows) };
}

/**
 * Reads what a person pasted, of a spreadsheet or as CSV: a 9 × 9 mandala table, a list of sub-goal, action, type and
 * description, a table with a row for each sub-goal (8 actions, or the sub-goal and 8 actions); or a plain list of lines.
 * @returns undefined when there is nothing in it
 */
export function parsePaste(pasted: string): Pasted | undefined {
  const text = pasted.replace(/^\ufeff/, '');
  const table = tableIn(text);
  const lines = () => parseTable(text).flatMap(([line]) => line || []);
  const read = table ? readTable(table) : { form: 'lines' as const, blocks: blocksOfLines(lines()) };
  if (titlesOf(read.blocks).length === 0 && read.blocks.every(({ title }) => title === '')) return undefined;
  const blocks = read.blocks
    .slice(0, PER_BLOCK)
    .map(({ title, actions }) => ({ title, actions: actions.slice(0, PER_BLOCK) }));
  const beyond = read.blocks.map(({ title, actions }, block) => {
    if (block < PER_BLOCK) return { title, actions: actions.slice(PER_BLOCK) };
    return { title, actions: actions.length === 0 ? titled([title]) : actions };
  });
  return {
    unknownColumns: [],
    unknownTypes: 0,
    ...read,
    blocks,
    actionCount: titlesOf(blocks).length,
    subGoalCount: blocks.filter(({ title }) => title !== '').length,
    leftOut: titlesOf(beyond),
  };
}

/** Whether a paste into a single field is meant for the whole chart. */
export const isChartPaste = (text: string): boolean => /\t/.test(text) || text.trim().split(/\r?\n/).length > 1;
