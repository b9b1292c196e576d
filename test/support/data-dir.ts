import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A temporary folder for the tests of one describe block.
 * @param end ends whatever uses it, before it is removed
 * @returns a function that gives its path, from within a hook or test
 */
export function useDataDir(end?: () => Promise<unknown>): () => string {
  let dataDir = '';
  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-'));
  });
  after(async function () {
    this.timeout(300_000);
    await end?.();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  });
  return () => dataDir;
}
