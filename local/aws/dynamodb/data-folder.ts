import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A local stack that runs holds the data folder. */
export class DataFolderInUse extends Error {
  readonly code = 'data_dir_in_use';
}

const SQLITE_BUSY = 5;

/**
 * Takes the data folder, by a lock of SQLite: it ends with this process, however that ends.
 * @param dataDir made when it is not there
 * @returns its path, and what gives it back
 * @throws DataFolderInUse when another stack that lives has it
 */
export function takeDataFolder(dataDir: string) {
  mkdirSync(dataDir, { recursive: true });
  // Two spellings of one folder are one folder.
  const path = realpathSync(dataDir);
  const lock = new DatabaseSync(join(path, 'stack.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    lock.close();
    const isBusy = thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_BUSY;
    if (!isBusy) throw thrown;
    throw new DataFolderInUse(
      `${path} is in use by another local stack. Stop that one, or choose another folder with DATA_DIR.`,
    );
  }
  return { path, release: () => lock.isOpen && lock.close() };
}
