/**
 * `node scripts/cdktn/compare.ts`: synthesizes every real stage with cdktf and with cdktn, its successor, and compares the
 * Terraform JSON. Ends with 1 when they differ in more than `EXPECTED`. cdktn is fetched from npm as
 * `scripts/cdktn/package-lock.json` says, into a folder of its own; the sources stay as they are (`hooks.ts`).
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realStages } from '../../modules/config.ts';
import { differencesBetween, EXPECTED, isExpected } from './differences.ts';
import { CDKTN_FOLDER } from './folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const USAGE = `usage: node scripts/cdktn/compare.ts
  synthesizes every real stage with cdktf and with cdktn, and compares (make compare-cdktn)`;

/** @throws Error in one line */
function run(command: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): void {
  const { error, status, stderr } = spawnSync(command, args, { ...options, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${stderr.trim().split('\n')[0]}`);
}

/** Installs cdktn as its lock file says. Its peer `constructs` is ours: cdktf and cdktn must build the same tree. */
function install(): void {
  mkdirSync(CDKTN_FOLDER, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(join(import.meta.dirname, name), join(CDKTN_FOLDER, name));
  run('npm', ['ci', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: CDKTN_FOLDER });
}

/** The Terraform JSON of a stage and of its bootstrap, by stack. */
function synthesize(stage: string, folder: string, nodeOptions: readonly string[]): ReadonlyMap<string, unknown> {
  const env = { ...process.env, STAGE: stage, CDKTF_OUTDIR: folder };
  run(process.execPath, [...nodeOptions, 'main.ts'], { cwd: ROOT, env });
  const stacks = globSync(`*-${stage}/cdk.tf.json`, { cwd: join(folder, 'stacks') }).sort();
  return new Map(stacks.map((path) => [path, JSON.parse(readFileSync(join(folder, 'stacks', path), 'utf8'))]));
}

/** Compares a stage. @returns the differences that are not expected, a line each */
function compare(stage: string, folder: string): readonly string[] {
  const ours = synthesize(stage, join(folder, 'cdktf'), []);
  const theirs = synthesize(stage, join(folder, 'cdktn'), ['--import', join(import.meta.dirname, 'hooks.ts')]);
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((stack) => {
    const differences = differencesBetween(ours.get(stack), theirs.get(stack));
    const unexpected = differences.filter((difference) => !isExpected(difference));
    // Each shows in every stack; without them, it was no cdktn that synthesized.
    const missing = EXPECTED.filter(({ path }) => !differences.some((difference) => difference.path === path));
    console.log(`${stack}: ${unexpected.length} differences, and ${differences.length - unexpected.length} expected`);
    return [
      ...unexpected.map(({ path, ours: a, theirs: b }) => `${stack}: ${path}: ${a} with cdktf, ${b} with cdktn`),
      ...missing.map(
        ({ path }) => `${stack}: ${path} is the same with both: take it out of scripts/cdktn/differences.ts`,
      ),
    ];
  });
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-cdktn-'));
  try {
    install();
    const lines = realStages().flatMap((stage) => compare(stage, folder));
    for (const line of lines) console.error(line);
    if (lines.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv.includes('--help')) console.log(USAGE);
else {
  try {
    main();
  } catch (error) {
    console.error(`make compare-cdktn cannot run: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
