/** A cell and what ends it. A quote opens a cell only if one closes it right before that: `"Hello" is a greeting` is a text. */
const cellPattern = (separator: string) =>
  new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}\\n]*))([${separator}\\n])`, 'g');

export const SEPARATORS = ['\t', ',', ';'] as const;
export type Separator = (typeof SEPARATORS)[number];

/**
 * Splits a table that a spreadsheet copies (tabs) or saves (commas or semicolons), by RFC 4180: quotes stand around cells
 * that hold a separator, a line end or quotes, which are doubled. What is white in a cell becomes one space.
 */
export function parseTable(text: string, separator: Separator = '\t'): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of `${text.replace(/\r\n?/g, '\n')}\n`.matchAll(cellPattern(separator))) {
    const cell = quoted?.replaceAll('""', '"') ?? plain;
    rows.at(-1)?.push(cell.replace(/\s+/g, ' ').trim());
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

/**
 * Without the empty rows and columns around it; empty columns on the right stay as far as the column `width`.
 */
export function trimTable(rows: readonly (readonly string[])[], width: number): string[][] {
  const hasText = (row: readonly string[]) => row.some((cell) => cell !== '');
  const most = Math.max(0, ...rows.map((row) => row.length));
  const filledRows = rows.map(hasText);
  const filledColumns = Array.from({ length: most }, (_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const [top, bottom] = [filledRows.indexOf(true), filledRows.lastIndexOf(true)];
  if (top === -1) return [];
  const left = filledColumns.indexOf(true);
  const right = Math.max(filledColumns.lastIndexOf(true), Math.min(most, left + width) - 1);
  return rows
    .slice(top, bottom + 1)
    .map((row) => Array.from({ length: right - left + 1 }, (_, column) => row[left + column] ?? ''));
}
