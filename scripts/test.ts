/** `make test`: runs the tests and ends with the line `N passed, N failed`. `node scripts/test.ts --help` has its variables. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { changedFiles, importsOfTests, testsOfChange } from './testing/changed.ts';
import { movedClock } from './testing/date.ts';
import { describeFailures, type Failure, type Results, toText } from './testing/summary.ts';
import { UsageError } from './testing/usage-error.ts';

const USAGE = `Usage: make test [NAME=value ...]
       node scripts/test.ts [FILE ...]

  SEED=1234            the random cases of an earlier run, which printed this number
  CHANGED=1            only the unit tests that your changes since main can break (SINCE=revision: since that)
  TESTS='FILE ...'     only these files
  GREP='text'          only tests whose full title contains this
  DATE='+1 day'        with the clock at another date, as \`date --date\` reads it (needs Debian's faketime)
  TZ=Asia/Tokyo        in another time zone`;

/**
 * Test files of the whole stack that run at a time, each in a process, beside the unit tests. Two cores have no idle time with
 * three; with six, whatever polls costs more, and the run takes longer.
 */
const JOBS = '3';
/** The longest first, so that no process is left over with one of them at the end. */
const STACK = [
  'test/properties/history.test.ts',
  'test/browser/*.test.ts',
  'test/properties/start-idempotent.test.ts',
  'test/interleavings/*.test.ts',
  'test/faults/every-call.test.ts',
  'test/integration/smoke/*.test.ts',
  'test/scripts/build.test.ts',
  'test/faults/*.test.ts',
  'test/properties/*.test.ts',
  'test/integration/*.test.ts',
  'test/**/*.test.ts',
  'client/src/**/*.test.ts',
  'web/src/**/*.test.ts',
];
/** Tests of the code whose coverage is measured. The stack runs bundles, whose coverage is not. */
const UNIT = ['lambdas/*/test/**/*.test.ts', 'statemachine/**/*.test.ts'];
/** These measure time, which needs a quiet machine: `make bench` runs them. */
const BENCH = ['test/performance/**/*.test.ts'];
/** Of the lines and branches of lambdas/ and statemachine/, in percent. */
const LEAST_COVERAGE = { lines: '99', branches: '95' };

const root = join(import.meta.dirname, '..');
const coverage = join(root, 'coverage');
const { env } = process;
const seed = env.SEED || String(Math.floor(Math.random() * 0x7fffffff));
const total: { passed: number; failures: Failure[] } = { passed: 0, failures: [] };
const startedAt = performance.now();

const find = (patterns: readonly string[]) => [
  ...new Set(patterns.flatMap((pattern) => globSync(pattern, { cwd: root }).sort())),
];

/**
 * Runs test files in a process and adds up what passed and failed.
 * @param name of the process, in the summary
 * @param isQuiet prints its output when it has ended, since another process prints meanwhile
 */
async function run(
  name: string,
  command: readonly string[],
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
  { isQuiet = false } = {},
): Promise<void> {
  const file = join(coverage, `results-${name}.json`);
  rmSync(file, { force: true });
  const [program = '', ...args] = command;
  const reporter = ['--reporter', './scripts/testing/reporter.cjs', '--reporter-option', `results=${file}`];
  const grep = env.GREP ? ['--fgrep', env.GREP] : [];
  // mocha writes to a pipe, and would colour its output wherever CI is set.
  const colours = process.stdout.isTTY ? '--color' : '--no-color';
  const child = spawn(program, [...args, colours, ...reporter, ...grep, ...files], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, PATH: `${join(root, 'node_modules', '.bin')}:${env.PATH}`, SEED: seed, ...environment },
  });
  const held: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new StringDecoder('utf8');
    stream.on('data', (chunk: Buffer) => {
      const text = toText(decoder.write(chunk));
      if (isQuiet) held.push(text);
      else process.stdout.write(text);
    });
  }
  const [status]: unknown[] = await once(child, 'close');
  process.stdout.write(held.join(''));
  let results: Results = { passed: 0, failures: [] };
  try {
    results = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // mocha ended before it could write them.
  }
  total.passed += results.passed;
  total.failures.push(
    ...results.failures.map((failure) => ({ ...failure, file: failure.file && relative(root, failure.file) })),
  );
  if (status === 0 || results.failures.length > 0) return;
  const message = `ended with status ${status} although no test failed: coverage is too low, a file could not be loaded, or the process crashed; see its output above`;
  total.failures.push({ file: '', block: '', title: `the process of the ${name} tests`, message });
}

/** All tests, with coverage of the unit tests. */
async function runAll(environment: Readonly<Record<string, string>>): Promise<void> {
  const stack = find(STACK).filter((file) => !find(BENCH).includes(file));
  const { lines, branches } = LEAST_COVERAGE;
  const covered = ['c8', '--check-coverage', '--lines', lines, '--branches', branches, 'mocha'];
  await Promise.all([
    run('stack', ['mocha', '--parallel', '--jobs', JOBS], stack, environment),
    // Coverage of functions that come from Node's compile cache is not exact.
    run('unit', covered, find(UNIT), { ...environment, NODE_DISABLE_COMPILE_CACHE: '1' }, { isQuiet: true }),
  ]);
}

/** @returns the files that were asked for; undefined for all */
async function chosenFiles(): Promise<readonly string[] | undefined> {
  const named = [...process.argv.slice(2), ...(env.TESTS ?? '').split(/\s+/)].filter((each) => each !== '');
  const missing = named.find((pattern) => find([pattern]).length === 0);
  if (missing !== undefined) throw new UsageError(`There is no test file ${missing}`);
  if (named.length > 0) return find(named);
  if (!env.CHANGED) return undefined;
  const since = env.SINCE || 'main';
  const changed = changedFiles(root, since);
  const tests = testsOfChange(await importsOfTests(root), changed);
  console.log(`${changed.length} files changed since ${since}; ${tests.length} files of unit tests depend on them.`);
  return tests;
}

async function main(): Promise<number> {
  if (process.argv[2] === '--help') {
    console.log(USAGE);
    return 0;
  }
  mkdirSync(coverage, { recursive: true });
  const environment = env.DATE ? movedClock(env.DATE) : {};
  console.log(`SEED=${seed}${env.DATE ? `, DATE='${env.DATE}', TZ=${env.TZ ?? ''}` : ''}`);
  const chosen = await chosenFiles();
  if (chosen === undefined) await runAll(environment);
  else if (chosen.length > 0) await run('chosen', ['mocha'], chosen, environment);
  else console.log('No unit test depends on what changed. `make test` runs all tests.');
  const { passed, failures } = total;
  if (failures.length > 0) console.log(`\n${describeFailures(failures, { SEED: seed, DATE: env.DATE, TZ: env.TZ })}\n`);
  console.log(`SEED=${seed}, ${Math.round((performance.now() - startedAt) / 1000)} s`);
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length > 0 || (passed === 0 && chosen?.length !== 0) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (thrown) {
  if (!(thrown instanceof UsageError)) throw thrown;
  console.error(thrown.message);
  process.exitCode = 2;
}
