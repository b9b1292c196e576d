/**
 * `node scripts/mutation/mutation.ts`: changes the sources of the Lambdas in a sandbox, one small change ("mutant") at a time, and
 * looks whether a unit test notices (LAMBDA=save-tasks: those of one Lambda). Ends with the counts of each Lambda; what
 * survived is in coverage/mutation/<lambda>.txt. Fails when a Lambda's score is below what stryker.config.ts asks for.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import config from '../../stryker.config.ts';

interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly mutatorName: string;
          readonly replacement?: string;
          readonly status: string;
          readonly location: { readonly start: { readonly line: number; readonly column: number } };
        }[];
      }
    >
  >;
}

const ROOT = join(import.meta.dirname, '..', '..');
const REPORTS = join(ROOT, 'coverage', 'mutation');
const STRYKER = join(ROOT, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const STATUSES = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'] as const;
type Counts = Record<(typeof STATUSES)[number], number>;
const none = (): Counts => ({ Killed: 0, Timeout: 0, Survived: 0, NoCoverage: 0, RuntimeError: 0 });

/** Runs Stryker on one Lambda, writes down what survived, and counts; undefined when it did not come to an end. */
function mutate(lambda: string): Counts | undefined {
  const reportFile = join(REPORTS, `${lambda}.json`);
  rmSync(reportFile, { force: true });
  const { status } = spawnSync(process.execPath, [...config.testRunnerNodeArgs, STRYKER, 'run', 'stryker.config.ts'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, LAMBDA: lambda },
  });
  if (status !== 0) process.exitCode = 1;
  return readReport(lambda, reportFile);
}

function readReport(lambda: string, reportFile: string): Counts | undefined {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return undefined;
  }
  const counts = none();
  const survivors: string[] = [];
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    for (const { mutatorName, replacement = '', status, location } of mutants) {
      const known = STATUSES.find((each) => each === status);
      if (known !== undefined) counts[known] += 1;
      if (known !== 'Survived' && known !== 'NoCoverage') continue;
      const { line, column } = location.start;
      const place = `${file}:${line}:${column} ${status} ${mutatorName}`;
      const text = source.split('\n')[line - 1]?.trim();
      survivors.push(`${place}\n  ${text}\n  → ${replacement.replaceAll(/\s+/g, ' ')}\n`);
    }
  }
  writeFileSync(join(REPORTS, `${lambda}.txt`), survivors.join(''));
  return counts;
}

/** Percent of the mutants that a test noticed. */
function scoreOf({ Killed, Timeout, Survived, NoCoverage }: Counts): string {
  return ((100 * (Killed + Timeout)) / (Killed + Timeout + Survived + NoCoverage)).toFixed(1);
}

mkdirSync(REPORTS, { recursive: true });
const { LAMBDA } = process.env;
const lambdas = LAMBDA === undefined ? readdirSync(join(ROOT, 'lambdas')) : [LAMBDA];
const results = lambdas.map((lambda) => [lambda, mutate(lambda)] as const);
const all = none();
for (const [, counts] of results) for (const name of STATUSES) all[name] += counts?.[name] ?? 0;
console.log(['Lambda'.padEnd(22), 'score', ...STATUSES].join('  '));
for (const [name, counts] of [...results, ['all', all] as const]) {
  const cells = counts && [
    scoreOf(counts).padStart(5),
    ...STATUSES.map((each) => String(counts[each]).padStart(each.length)),
  ];
  console.log([name.padEnd(22), ...(cells ?? ['did not end'])].join('  '));
}
