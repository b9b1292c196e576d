/**
 * `node scripts/mutation.ts`: changes the sources of the Lambdas in a sandbox, one small change ("mutant") at a time, and
 * looks whether a unit test notices (LAMBDA=save-tasks: those of one Lambda). Ends with the counts of each Lambda; what
 * survived is in coverage/mutation/. Fails below the score that stryker.config.ts asks for.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import config from '../stryker.config.ts';

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}
interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

const root = join(import.meta.dirname, '..');
const reportFile = join(root, config.jsonReporter.fileName);
rmSync(reportFile, { force: true });
const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const { status } = spawnSync(process.execPath, [...config.testRunnerNodeArgs, stryker, 'run', 'stryker.config.ts'], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

const { files }: Report = JSON.parse(readFileSync(reportFile, 'utf8'));
const COLUMNS = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError', 'Ignored'] as const;
const counts = new Map<string, number[]>();
const survivors: string[] = [];
for (const [file, { source, mutants }] of Object.entries(files).sort(([a], [b]) => a.localeCompare(b))) {
  const lambda = file.split('/')[1] ?? file;
  for (const { mutatorName, replacement = '', status, location } of mutants) {
    for (const name of [lambda, 'all']) {
      const row = counts.get(name) ?? COLUMNS.map(() => 0);
      counts.set(
        name,
        row.map((count, index) => count + (COLUMNS[index] === status ? 1 : 0)),
      );
    }
    if (status !== 'Survived' && status !== 'NoCoverage') continue;
    const { line, column } = location.start;
    const original = source.split('\n')[line - 1]?.trim();
    survivors.push(
      `${file}:${line}:${column} ${status} ${mutatorName}\n  ${original}\n  → ${replacement.replaceAll(/\s+/g, ' ')}`,
    );
  }
}
writeFileSync(reportFile.replace(/\.json$/, '.txt'), `${survivors.join('\n')}\n`);

console.log(['Lambda'.padEnd(22), 'score', ...COLUMNS].join('  '));
const last = counts.get('all') ?? [];
counts.delete('all');
for (const [name, row] of [...counts, ['all', last] as const]) {
  const [killed = 0, timeout = 0, survived = 0, uncovered = 0] = row;
  const score = (100 * (killed + timeout)) / (killed + timeout + survived + uncovered);
  console.log(
    [
      name.padEnd(22),
      score.toFixed(1).padStart(5),
      ...row.map((count, i) => String(count).padStart(COLUMNS[i]?.length ?? 0)),
    ].join('  '),
  );
}
