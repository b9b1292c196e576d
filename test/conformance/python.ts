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
/** What the requirements ask for. */
const OLDEST = [3, 11] as const;

/** A program of the virtual environment. */
export const venvProgram = (name: string) => join(FOLDER, 'bin', name);

/** @throws Error in one line */
function run(command: string, args: readonly string[]): void {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  const lines = `${stdout}${stderr}`.trim().split('\n');
  if (status !== 0) throw new Error(lines.findLast((line) => /^error/i.test(line)) ?? lines.at(-1));
}

/** The first of the usual names that is a Python as it is needed. */
function findPython(): string {
  const [major, minor] = OLDEST;
  // Debian has the second of these modules in a package of its own, python3-venv.
  const isGood = `import sys, venv, ensurepip; raise SystemExit(sys.version_info < (${major}, ${minor}))`;
  const found = ['python3', 'python'].find((name) => spawnSync(name, ['-c', isGood]).status === 0);
  if (found === undefined) throw new Error(`Python ${major}.${minor} or later, with venv, is not on the path.`);
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
