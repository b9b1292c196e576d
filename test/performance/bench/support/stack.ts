import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../../support/stack/process.ts';
import { cpuOf } from './process-tree.ts';

/** A folder for temporary data, which is gone afterwards. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'goal-activity-bench-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** What `make start` runs, in a process of its own. */
export interface BenchStack extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Where its data is; gone afterwards, unless DATA_DIR was given. */
  readonly dataDir: string;
  /** Processor time of all its processes so far, in milliseconds. */
  cpuMs(): number;
}

/**
 * @param environment besides that of this process
 * @param root folder of an older commit of the repository, in place of this one
 * @throws Error with what it printed, when it does not come up
 */
export async function startBenchStack(
  environment: Readonly<Record<string, string>> = {},
  root?: string,
): Promise<BenchStack> {
  const folder = environment.DATA_DIR === undefined ? temporaryFolder() : undefined;
  const dataDir = environment.DATA_DIR ?? folder?.path ?? '';
  const stack = await startProcess({ ...environment, DATA_DIR: dataDir }, root);
  const { pid = 0 } = stack.process;
  return {
    url: stack.url,
    pid,
    dataDir,
    cpuMs: () => cpuOf(pid),
    async [Symbol.asyncDispose]() {
      await stack.end('SIGTERM');
      folder?.[Symbol.dispose]();
    },
  };
}
