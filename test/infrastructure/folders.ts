import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTIONS } from '../../modules/workflow/function-table.ts';

/**
 * Runs `use` with a new folder that holds `zips/` with a stand-in for each Lambda's zip, and `out/` to synthesize to.
 * The folder is removed afterwards.
 */
export function withFolders<T>(use: (folders: { zipFolder: string; outputFolder: string }) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-synth-'));
  try {
    const zipFolder = join(folder, 'zips');
    mkdirSync(zipFolder);
    for (const lambda of Object.keys(FUNCTIONS)) writeFileSync(join(zipFolder, `${lambda}.zip`), `zip of ${lambda}`);
    return use({ zipFolder, outputFolder: join(folder, 'out') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
