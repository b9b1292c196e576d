import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** What the requirements files ask for. */
const OLDEST = [3, 11] as const;

/** A virtual environment of Python in `.venv`, which holds exactly what its requirements file names. */
export interface VirtualEnvironment {
  /** Its folder below `.venv`. */
  readonly name: string;
  /** Path of a file as `pip-compile --generate-hashes` writes it. */
  readonly requirements: string;
  /** Says, in one line, what is being installed. */
  readonly notice: string;
  /** Holds all virtual environments; tests have their own. */
  readonly root?: string;
}

const folderOf = ({ name, root = join(ROOT, '.venv') }: Pick<VirtualEnvironment, 'name' | 'root'>) => join(root, name);

/** Path of a program of a virtual environment. */
export const venvProgram = (of: Pick<VirtualEnvironment, 'name' | 'root'>, program: string) =>
  join(folderOf(of), 'bin', program);

/**
 * Makes a virtual environment, unless it is there with these very requirements.
 * @param path folders to find Python in, as in PATH
 * @throws Error in one line, when Python is missing or a package cannot be had
 */
export function makeVenv(of: VirtualEnvironment, path = process.env.PATH ?? ''): void {
  const folder = folderOf(of);
  const wanted = readFileSync(of.requirements, 'utf8');
  // A copy of the requirements that were installed.
  const installed = join(folder, 'requirements.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  const python = findPython(path);
  console.log(of.notice);
  rmSync(folder, { recursive: true, force: true });
  run(python, ['-m', 'venv', folder], path);
  const pip = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', of.requirements];
  run(venvProgram(of, 'python'), pip, path);
  writeFileSync(installed, wanted);
}

/** @throws Error in one line */
function run(command: string, args: readonly string[], path: string): void {
  const env = { ...process.env, PATH: path };
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env });
  if (error !== undefined) throw error;
  const lines = `${stdout}${stderr}`.trim().split('\n');
  if (status !== 0) throw new Error(lines.findLast((line) => /^error/i.test(line)) ?? lines.at(-1));
}

/** The first of the usual names that is a Python as it is needed. */
function findPython(path: string): string {
  const [major, minor] = OLDEST;
  // Debian has the second of these modules in a package of its own, python3-venv.
  const isGood = `import sys, venv, ensurepip; raise SystemExit(sys.version_info < (${major}, ${minor}))`;
  const env = { ...process.env, PATH: path };
  const found = ['python3', 'python'].find((name) => spawnSync(name, ['-c', isGood], { env }).status === 0);
  if (found === undefined) throw new Error(`Python ${major}.${minor} or later, with venv, is not on the path.`);
  return found;
}
