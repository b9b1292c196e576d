/**
 * `node scripts/test.ts [mocha arguments]`: runs the tests with coverage and ends with the line `N passed, N failed`.
 * With a path as argument, only those files and no coverage.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const counts = join(root, 'coverage', 'counts.json');
mkdirSync(join(root, 'coverage'), { recursive: true });
rmSync(counts, { force: true });

const chosen = process.argv.slice(2);
const mocha = ['mocha', '--reporter', './scripts/reporter.cjs', '--reporter-option', `counts=${counts}`, ...chosen];
const command = chosen.length > 0 ? mocha : ['c8', ...mocha];
const { status } = spawnSync(command[0] ?? '', command.slice(1), { cwd: root, stdio: 'inherit' });

function readCounts(): { passed: number; failed: number } {
  try {
    return JSON.parse(readFileSync(counts, 'utf8'));
  } catch {
    // mocha did not come as far as its end.
    return { passed: 0, failed: 1 };
  }
}
const { passed, failed } = readCounts();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : (status ?? 1);
