import { once } from 'node:events';
import { createServer } from 'node:net';
import { findBinary } from './binary.ts';
import { takeDataFolder } from './data-folder.ts';
import { answers, DynoxideFailed, type DynoxideProcess, HOST, launch } from './dynoxide-process.ts';
import { supervise } from './supervise.ts';

export { DynoxideMissing } from './binary.ts';
export { DataFolderInUse } from './data-folder.ts';
export { DynoxideFailed } from './dynoxide-process.ts';

export interface DynoxideOptions {
  /** Folder of the database; without it the data is in memory and ends with the process. */
  readonly dataDir?: string;
  /** DYNOXIDE_BINARY and PATH; default: those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Until it must answer; default: 10 s. */
  readonly timeoutMs?: number;
  /** Is told how it ended, each time that it is started again. */
  readonly onRestart?: (how: string) => void;
}

/** A DynamoDB engine that runs. Should its process end, it is started again on the same data, at the same address. */
export interface Dynoxide {
  /** For AWS_ENDPOINT_URL_DYNAMODB. */
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Resolves to the reason should it have ended for good: its data was in memory, or it does not start again. */
  readonly lost: Promise<DynoxideFailed>;
  /** Does it answer, within `limitMs` (default: 2 s)? */
  isUp(limitMs?: number): Promise<boolean>;
  /** Stops it; resolves once it has ended. */
  close(): Promise<void>;
}

const PORT_ATTEMPTS = 5;
const HEALTH_LIMIT_MS = 2_000;

/**
 * Starts dynoxide on a free port of this machine and waits until it answers.
 * @throws DynoxideMissing when there is no binary, DataFolderInUse when another stack has the folder, DynoxideFailed
 * when it ends early or does not answer in time
 */
export async function startDynoxide(options: DynoxideOptions = {}): Promise<Dynoxide> {
  const { dataDir, environment = process.env, timeoutMs = 10_000, onRestart = () => undefined } = options;
  const binary = findBinary({ environment });
  const folder = dataDir === undefined ? undefined : await takeDataFolder(dataDir);
  const start = (port: number) => launch(binary, port, folder, timeoutMs);
  try {
    const first = await startOnFreePort(start);
    const restart = folder === undefined ? undefined : () => start(first.port);
    const { pid, lost, close } = supervise(first, restart, onRestart);
    return {
      url: first.url,
      port: first.port,
      get pid() {
        return pid();
      },
      lost,
      isUp: (limitMs = HEALTH_LIMIT_MS) =>
        answers(first.url, AbortSignal.timeout(limitMs)).then(
          () => true,
          () => false,
        ),
      close: () => close().finally(() => folder?.release()),
    };
  } catch (error) {
    folder?.release();
    throw error;
  }
}

async function startOnFreePort(start: (port: number) => ReturnType<typeof launch>): Promise<DynoxideProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await start(await freePort());
    if (!(started instanceof DynoxideFailed)) return started;
    // Somebody else took the port between our choice and the start.
    if (attempt >= PORT_ATTEMPTS || !/in use/i.test(started.message)) throw started;
  }
}

/** dynoxide takes port 0, but does not say which port that became. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return address.port;
}
