import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../support/stack/process.ts';

const run = promisify(execFile);

/** The commit that the issue "Load" names as the twin for the processor time of a run. */
export const OLD_COMMIT = '1ada704';

/**
 * A checkout of the old commit, installed and built once, in the folder for temporary files.
 * @returns its folder; nothing where the history does not reach so far, as in a shallow clone
 * @throws Error when it cannot be installed or built
 */
export async function oldCheckout(progress: (text: string) => void): Promise<string | undefined> {
  const folder = join(tmpdir(), `goal-activity-bench-${OLD_COMMIT}`);
  const built = join(folder, '.built');
  if (existsSync(built)) return folder;
  const isKnown = await run('git', ['cat-file', '-e', OLD_COMMIT], { cwd: ROOT }).then(
    () => true,
    () => false,
  );
  if (!isKnown) return undefined;
  progress(`installing and building commit ${OLD_COMMIT}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run('bash', ['-c', `git archive ${OLD_COMMIT} | tar -x -C '${folder}'`], { cwd: ROOT });
  await run('make', ['synth'], { cwd: folder, maxBuffer: 2 ** 24 });
  await run('touch', [built]);
  return folder;
}
