/**
 * `node scripts/test.ts [files]`: runs the tests and ends with the line `N passed, N failed`. Without files, all of
 * them, with coverage. SEED=<number> repeats the cases of the random tests.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Tests of the whole stack that run at a time, each file in a process: more than two cores, since they mostly wait. */
const JOBS = '4';
/** The longest first, so that no process is left over with one of them at the end. */
const STACK = [
  'test/properties/start-idempotent.test.ts',
  'test/properties/history.test.ts',
  'test/browser/*.test.ts',
  'test/faults/every-call.test.ts',
  'test/integration/alarms.test.ts',
  'test/integration/smoke/*.test.ts',
  'test/interleavings/*.test.ts',
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
/** These measure time against the clock, so nothing runs beside them. */
const ALONE = ['test/performance/*.test.ts'];
/** Of the branches of lambdas/ and statemachine/, in percent. */
const LEAST_COVERAGE = '95';

const root = join(import.meta.dirname, '..');
const coverage = join(root, 'coverage');
const seed = process.env.SEED || String(Math.floor(Math.random() * 0x7fffffff));
const total = { passed: 0, failed: 0 };
const startedAt = performance.now();

const find = (patterns: readonly string[]) => [
  ...new Set(patterns.flatMap((pattern) => globSync(pattern, { cwd: root }).sort())),
];

/**
 * Runs test files in a process and adds up what passed and failed. What it prints comes at its end when `isQuiet`, since
 * others print meanwhile.
 * @param name tells the counts of one process from those of another
 */
async function test(
  name: string,
  command: readonly string[],
  files: readonly string[],
  { isQuiet = false, environment = {} } = {},
): Promise<void> {
  const countsFile = join(coverage, `counts-${name}.json`);
  rmSync(countsFile, { force: true });
  const [program = '', ...args] = command;
  const reporter = ['--reporter', './scripts/reporter.cjs', '--reporter-option', `counts=${countsFile}`];
  const child = spawn(program, [...args, ...reporter, ...files], {
    cwd: root,
    stdio: ['ignore', isQuiet ? 'pipe' : 'inherit', isQuiet ? 'pipe' : 'inherit'],
    env: { ...process.env, SEED: seed, ...environment },
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk));
  const [status]: unknown[] = await once(child, 'close');
  process.stdout.write(Buffer.concat(output));
  let counts = { passed: 0, failed: 0 };
  try {
    counts = JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    // mocha did not come as far as its end.
  }
  total.passed += counts.passed;
  // A process that ends badly although no test failed: coverage is too low, or it crashed.
  total.failed += counts.failed > 0 || status === 0 ? counts.failed : 1;
}

mkdirSync(coverage, { recursive: true });
console.log(`SEED=${seed}`);
const chosen = process.argv.slice(2);
if (chosen.length > 0) await test('chosen', ['mocha'], chosen);
else {
  const alone = find(ALONE);
  const stack = find(STACK).filter((file) => !alone.includes(file));
  const covered = ['c8', '--check-coverage', '--branches', LEAST_COVERAGE, '--lines', '0', 'mocha'];
  await Promise.all([
    test('stack', ['mocha', '--parallel', '--jobs', JOBS], stack),
    // Coverage of functions that come from Node's compile cache is not exact.
    test('unit', covered, find(UNIT), { isQuiet: true, environment: { NODE_DISABLE_COMPILE_CACHE: '1' } }),
  ]);
  await test('alone', ['mocha'], alone);
}
console.log(`SEED=${seed}, ${Math.round((performance.now() - startedAt) / 1000)} s`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
