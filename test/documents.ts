/** Reads the repository's files, and documents as GitHub shows them. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

/** The text of a file of the repository. */
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What is made or installed, and what is no text of ours. */
const SKIPPED = new Set(['node_modules', 'dist', 'cdktf.out', 'coverage', '.git', '.local', '.venv', '.stryker-tmp']);

/** The files of ours that a pattern fits, as paths from the root. */
export const ownFiles = (pattern: string): string[] =>
  globSync(pattern, {
    cwd: ROOT,
    exclude: (path) => SKIPPED.has(basename(path)) || /\.generated\.|package-lock/.test(path),
  }).sort();

/** Is a document in Japanese? By its folder or its ending, as in `docs/ja/` and `README.ja.md`. */
export const isJapanese = (path: string): boolean => /(?:^|\/)ja\/|\.ja\.md$/.test(path);

/** What GitHub makes of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s-]/gu, '')
    .replaceAll(' ', '-');

/** The anchors of a text's headings of a level, or of every level. */
export const anchorsIn = (text: string, level = '#+'): string[] =>
  [...text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(new RegExp(`^${level} (.+)$`, 'gm'))].map(
    ([, heading = '']) => anchorOf(heading),
  );

/** The cells of the tables of a text, without the lines below their heads. */
export const rowsIn = (text: string): string[][] =>
  [...text.matchAll(/^\|(.*)\|$/gm)]
    .map(([, row = '']) => row.split('|').map((cell) => cell.trim()))
    .filter(([first = '']) => !/^-+$/.test(first));
