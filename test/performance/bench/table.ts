import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Figure } from './figures.ts';

const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(3));

function renderRow({ what, limit, measured, value, mustReach }: Figure): string {
  const judgement = mustReach === undefined ? '–' : `${number(mustReach)}${value <= mustReach ? '' : ' (missed)'}`;
  return `| ${[what, limit, measured, number(value), judgement].join(' | ')} |`;
}

/** A table in Markdown, a figure a row. */
export const renderTable = (figures: readonly Figure[]): string =>
  ['| what | limit or twin | measured | value | must reach |', '|---|---|---|---|---|', ...figures.map(renderRow)].join(
    '\n',
  );

/**
 * Puts text between the comments `<!-- name -->` and `<!-- /name -->` of a document, and formats it as `make check` wants it.
 * @throws Error when the document does not have them
 */
export function updateDocument(path: string, name: string, text: string): void {
  const document = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for ${name}`);
  writeFileSync(path, `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`);
  execFileSync('biome', ['format', '--write', path]);
}
