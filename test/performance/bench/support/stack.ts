import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../../support/stack/process.ts';
import { cpuOf } from './process-tree.ts';

/** What `make start` runs, in a process of its own with data of its own. */
export interface BenchStack extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Processor time of all its processes so far, in milliseconds. */
  cpuMs(): number;
}

/**
 * @param root folder of the repository, or of an older commit of it
 * @throws Error with what it printed, when it does not come up
 */
export async function startBenchStack(
  environment: Readonly<Record<string, string>> = {},
  root = ROOT,
): Promise<BenchStack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-bench-'));
  const child = spawn(process.execPath, [join(root, 'local/main.ts')], {
    cwd: root,
    env: { ...process.env, LANG: 'C.UTF-8', PORT: '0', DATA_DIR: dataDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    let found = '';
    createInterface(child.stdout).on('line', (line) => {
      output.push(line);
      found ||= /runs at (http:\S+)/.exec(line)?.[1] ?? '';
      if (found !== '' && line.includes('Ctrl-C')) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the stack ended with ${code}: ${output.join('\n')}`)));
  });
  const { pid = 0 } = child;
  return {
    url,
    pid,
    cpuMs: () => cpuOf(pid),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
