/**
 * `node scripts/test.ts [files]`: runs the tests and ends with the line `N passed, N failed`. Without files, all of
 * them, with coverage. SEED=<number> repeats the cases of the random tests.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Files that run at a time, each in a process: more than the two cores, since the tests of the whole stack mostly wait. */
const JOBS = '3';
/** These measure time against the clock, so nothing runs beside them. */
const ALONE = ['test/integration/start-and-demo.test.ts'];
/** The longest first, so that no process is left over with one of them at the end. */
const TOGETHER = [
  'test/faults/*.test.ts',
  'test/browser/*.test.ts',
  'test/properties/*.test.ts',
  'test/integration/*.test.ts',
  'test/**/*.test.ts',
  'local/**/*.test.ts',
  'lambdas/*/test/**/*.test.ts',
  'statemachine/**/*.test.ts',
  'scripts/**/*.test.ts',
  'web/src/**/*.test.ts',
];
/** Of the branches of lambdas/ and statemachine/, in percent. */
const LEAST_COVERAGE = '95';

const root = join(import.meta.dirname, '..');
const countsFile = join(root, 'coverage', 'counts.json');
const seed = process.env.SEED || String(Math.floor(Math.random() * 0x7fffffff));
const total = { passed: 0, failed: 0 };

/** Runs a program of node_modules/.bin to its end. */
function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): boolean {
  const env = { ...process.env, SEED: seed, ...environment };
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env }).status === 0;
}

/** Runs test files and adds up what passed and failed. */
function test(files: readonly string[], args: readonly string[], environment?: Readonly<Record<string, string>>): void {
  rmSync(countsFile, { force: true });
  const reporter = ['--reporter', './scripts/reporter.cjs', '--reporter-option', `counts=${countsFile}`];
  const succeeded = run('mocha', [...reporter, ...args, ...files], environment);
  let counts = { passed: 0, failed: 0 };
  try {
    counts = JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    // mocha did not come as far as its end.
  }
  total.passed += counts.passed;
  total.failed += counts.failed;
  if (!succeeded && counts.failed === 0) total.failed += 1;
}

mkdirSync(join(root, 'coverage'), { recursive: true });
console.log(`SEED=${seed}`);
const chosen = process.argv.slice(2);
if (chosen.length > 0) test(chosen, []);
else {
  const raw = join(root, 'coverage', 'tmp');
  rmSync(raw, { recursive: true, force: true });
  const covered = { NODE_V8_COVERAGE: raw };
  const files = new Set(TOGETHER.flatMap((pattern) => globSync(pattern, { cwd: root }).sort()));
  for (const file of ALONE) files.delete(file);
  test([...files], ['--parallel', '--jobs', JOBS], covered);
  test(ALONE, [], covered);
  const report = ['report', '--check-coverage', '--branches', LEAST_COVERAGE, '--temp-directory', raw];
  if (!run('c8', report)) total.failed += 1;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
