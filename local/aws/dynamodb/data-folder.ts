import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** A local stack that runs holds the data folder. */
export class DataFolderInUse extends Error {
  readonly code = 'data_dir_in_use';
}

/** A data folder that this stack alone uses. */
export interface DataFolder {
  /** Of dynoxide's database. */
  readonly databasePath: string;
  /** Notes the dynoxide that was started, so that the next stack finds it should this process be killed. */
  note(pid: number): void;
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Takes the data folder, and ends the dynoxide that a killed stack left on its database.
 * @param dataDir made when it is not there
 * @throws DataFolderInUse when another stack that lives has it
 */
export async function takeDataFolder(dataDir: string): Promise<DataFolder> {
  mkdirSync(dataDir, { recursive: true });
  // Two spellings of one folder are one folder.
  const folder = realpathSync(dataDir);
  const databasePath = join(folder, 'dynamodb.sqlite');
  const pidPath = join(folder, 'dynoxide.pid');
  const lock = lockFolder(folder);
  try {
    await endStale(pidPath, databasePath);
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    databasePath,
    note: (pid) => writeFileSync(pidPath, `${pid}\n`),
    release() {
      // Said twice, it must not remove the note of the stack that came after.
      if (!lock.isOpen) return;
      rmSync(pidPath, { force: true });
      lock.close();
    },
  };
}

/** A lock that the operating system keeps, by way of SQLite: it ends with the process, however that ends. */
function lockFolder(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'stack.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (thrown) {
    lock.close();
    const isBusy = thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_BUSY;
    if (!isBusy) throw thrown;
    throw new DataFolderInUse(
      `${folder} is in use by another local stack. Stop that one, or choose another folder with DATA_DIR.`,
    );
  }
}

async function endStale(pidPath: string, databasePath: string): Promise<void> {
  if (!existsSync(pidPath)) return;
  const pid = Number(readFileSync(pidPath, 'utf8'));
  // The number may have gone to another program since.
  const isStale = () => isDynoxideOn(databasePath, pid);
  if (Number.isInteger(pid) && pid > 0 && isStale()) {
    process.kill(pid, 'SIGKILL'); // every write that it answered is on the disk
    const deadline = Date.now() + 5_000;
    while (isStale()) {
      if (Date.now() > deadline) throw new Error(`dynoxide ${pid}, left by a killed stack, could not be ended`);
      await sleep(10);
    }
  }
  rmSync(pidPath, { force: true });
}

function isDynoxideOn(databasePath: string, pid: number): boolean {
  const command = commandOf(pid);
  return command.includes(' serve ') && command.includes(`--db-path ${databasePath}`);
}

/** The command line of a process, empty when there is none (or when it has ended and nobody has asked how). */
function commandOf(pid: number): string {
  try {
    if (existsSync('/proc/self')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}
