/**
 * `node scripts/mutation/mutation.ts`: changes the sources of the Lambdas in a sandbox, one small change ("mutant") at a time, and
 * looks whether a unit test notices (LAMBDA=save-tasks: those of one Lambda). Ends with the counts of each Lambda; what
 * survived is in coverage/mutation/<lambda>.txt. Fails when a Lambda's score is below what stryker.config.ts asks for.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import config from '../../stryker.config.ts';

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}
interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

const ROOT = join(import.meta.dirname, '..', '..');
const REPORTS = join(ROOT, 'coverage', 'mutation');
const STRYKER = join(ROOT, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const NOTICED = ['Killed', 'Timeout'];
const MISSED = ['Survived', 'NoCoverage'];
const STATUSES = [...NOTICED, ...MISSED, 'RuntimeError'];

/** Runs Stryker on one Lambda, writes down what survived, and gives the statuses of its mutants; none when it did not come to an end. */
function mutate(lambda: string): string[] {
  const reportFile = join(REPORTS, `${lambda}.json`);
  rmSync(reportFile, { force: true });
  const { status } = spawnSync(process.execPath, [...config.testRunnerNodeArgs, STRYKER, 'run', 'stryker.config.ts'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, LAMBDA: lambda },
  });
  if (status !== 0) process.exitCode = 1;
  if (!existsSync(reportFile)) return [];
  const report: Report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const survivors = Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter((mutant) => MISSED.includes(mutant.status))
      .map(({ mutatorName, replacement = '', status, location: { start } }) => {
        const text = source.split('\n')[start.line - 1]?.trim();
        const place = `${file}:${start.line}:${start.column} ${status} ${mutatorName}`;
        return `${place}\n  ${text}\n  → ${replacement.replaceAll(/\s+/g, ' ')}\n`;
      }),
  );
  writeFileSync(join(REPORTS, `${lambda}.txt`), survivors.join(''));
  return Object.values(report.files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
}

mkdirSync(REPORTS, { recursive: true });
const { LAMBDA } = process.env;
const lambdas = LAMBDA === undefined ? readdirSync(join(ROOT, 'lambdas')) : [LAMBDA];
const results = lambdas.map((lambda) => [lambda, mutate(lambda)] as const);
console.log(['Lambda'.padEnd(22), 'score', ...STATUSES].join('  '));
for (const [name, mutants] of [...results, ['all', results.flatMap(([, of]) => of)] as const]) {
  const count = (...of: readonly string[]) => mutants.filter((status) => of.includes(status)).length;
  // Percent of the mutants that a test noticed; NaN where there are none.
  const score = ((100 * count(...NOTICED)) / count(...NOTICED, ...MISSED)).toFixed(1);
  const counts = STATUSES.map((status) => String(count(status)).padStart(status.length));
  console.log([name.padEnd(22), score.padStart(5), ...counts].join('  '));
}
