/**
 * `node test/conformance/python.ts`: makes the virtual environment of the second engine, from `requirements.txt`, unless it is
 * there. Ends with 1 and one line when Python is missing, or what it needs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, '.venv');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
/** A copy of the requirements that were installed. */
const INSTALLED = join(FOLDER, 'requirements.txt');
/** What moto 5.2 asks for. */
const OLDEST = [3, 10] as const;

/** A program of the virtual environment. */
export const venvProgram = (name: string) => join(FOLDER, 'bin', name);

function run(command: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  const lines = `${stderr}${stdout}`.trim().split('\n');
  if (status !== 0) throw new Error(lines.at(-1));
  return stdout.trim();
}

/** The first of the usual names that is a Python of today. @throws Error in one line */
function findPython(): string {
  const [major, minor] = OLDEST;
  const isNew = `import sys; raise SystemExit(sys.version_info < (${major}, ${minor}))`;
  const found = ['python3', 'python'].find((name) => spawnSync(name, ['-c', isNew]).status === 0);
  if (found === undefined) throw new Error(`Python ${major}.${minor} or later is not on the path.`);
  return found;
}

function install(): void {
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted) return;
  const python = findPython();
  console.log('Installing the second engine (moto) and cfn-lint into .venv …');
  rmSync(FOLDER, { recursive: true, force: true });
  run(python, ['-m', 'venv', FOLDER]);
  run(venvProgram('python'), ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', REQUIREMENTS]);
  writeFileSync(INSTALLED, wanted);
}

if (import.meta.main) {
  try {
    install();
  } catch (error) {
    console.error(`make conformance cannot run: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
