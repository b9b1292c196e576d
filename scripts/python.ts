import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** What the requirements of every environment ask for. */
const OLDEST = [3, 11] as const;

/** A virtual environment of Python below `.venv`. */
export interface PythonEnvironment {
  /** Its folder in `.venv`. */
  readonly name: string;
  /** Path of a `requirements.txt` of pip, each package with version and hashes. */
  readonly requirements: string;
  /** What is installed, in words, such as `checkov`. */
  readonly holds: string;
}

const folderOf = ({ name }: PythonEnvironment) => join(ROOT, '.venv', name);

/** A program of a virtual environment. */
export const venvProgram = (of: PythonEnvironment, program: string) => join(folderOf(of), 'bin', program);

/**
 * Makes a virtual environment, unless it is there with these very requirements.
 * @throws Error in one line, when Python is missing or what it needs
 */
export function makeEnvironment(of: PythonEnvironment): void {
  const folder = folderOf(of);
  const installed = join(folder, 'requirements.txt');
  const wanted = readFileSync(of.requirements, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  const python = findPython();
  console.error(`Installing ${of.holds} into .venv/${of.name} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  run(python, ['-m', 'venv', folder]);
  run(venvProgram(of, 'python'), ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', of.requirements]);
  writeFileSync(installed, wanted);
}

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
