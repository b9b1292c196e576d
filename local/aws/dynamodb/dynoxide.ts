import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { listen } from '../../http/server.ts';
import { findBinary } from './binary.ts';
import { takeDataFolder } from './data-folder.ts';
import { DynoxideFailed, type DynoxideProcess, launch } from './dynoxide-process.ts';

export interface DynoxideOptions {
  /** Folder of the database; without it the data is in memory and ends with the process. */
  readonly dataDir?: string | undefined;
  /** DYNOXIDE_BINARY and PATH; default: those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Is told how it ended, each time that it is started again. */
  readonly onRestart?: (how: string) => void;
}

/** A DynamoDB engine that runs. Should its process end, it is started again on the same data, at the same address. */
export type Dynoxide = Awaited<ReturnType<typeof startDynoxide>>;

/** Addresses that are tried at the first start. */
const START_ATTEMPTS = 5;

/**
 * Where dynoxide listens. It answers pages of every origin, so its address is drawn from the 16 million that Linux has
 * for this machine: no page can find it. Elsewhere there is one such address.
 */
const drawHost = () =>
  process.platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}` : '127.0.0.1';

/**
 * Starts dynoxide on this machine and waits until it answers.
 * @throws DynoxideMissing when there is no binary, DataFolderInUse when another stack has the folder, DynoxideFailed
 * when it ends early or does not answer in time
 */
export async function startDynoxide(options: DynoxideOptions = {}) {
  const { dataDir, environment = process.env, onRestart = () => undefined } = options;
  const binary = findBinary(environment);
  const folder = dataDir === undefined ? undefined : takeDataFolder(dataDir);
  const databasePath = folder && join(folder.path, 'dynamodb.sqlite');
  try {
    let address = await drawAddress();
    const start = async () => {
      const started = await launch({ binary, ...address, databasePath });
      // For people who look for the process.
      if (folder !== undefined) writeFileSync(join(folder.path, 'dynoxide.pid'), `${started.pid}\n`);
      return started;
    };
    const startAnywhere = async (attempts: number): Promise<DynoxideProcess> => {
      try {
        return await start();
      } catch (error) {
        if (attempts === 1 || !(error instanceof DynoxideFailed && /already in use/.test(error.message))) throw error;
        address = await drawAddress();
        return startAnywhere(attempts - 1);
      }
    };
    const first = await startAnywhere(START_ATTEMPTS);
    const { pid, lost, close } = supervise(first, folder === undefined ? undefined : start, onRestart);
    const url = `http://${address.host}:${address.port}`;
    return {
      /** For AWS_ENDPOINT_URL_DYNAMODB. */
      url,
      /** Of the process that runs now. */
      pid,
      /** Resolves to the reason should it have ended for good: its data was in memory, or it does not start again. */
      lost,
      /** Does it answer, within 2 s? */
      isUp: () => answers(url),
      /** Stops it; resolves once it has ended. */
      close: () => close().finally(() => folder?.release()),
    };
  } catch (error) {
    folder?.release();
    throw error;
  }
}

/**
 * Starts dynoxide again each time that it ends, until it is closed or lost.
 * @param restart undefined when its data ended with it
 */
function supervise(
  first: DynoxideProcess,
  restart: (() => Promise<DynoxideProcess>) | undefined,
  onRestart: (how: string) => void,
) {
  let running = first;
  let isClosing = false;
  const lost = Promise.withResolvers<DynoxideFailed>();

  async function watch(): Promise<void> {
    for (let how = await running.ended; !isClosing; how = await running.ended) {
      if (restart === undefined) throw new Error(`has ended (${how}), and with it all data, which it had in memory`);
      onRestart(how);
      running = await restart();
      if (isClosing) await running.stop();
    }
  }

  const watched = watch().catch((error: Error) => {
    const why = error instanceof DynoxideFailed ? `does not start again: ${error.message}` : error.message;
    if (!isClosing) lost.resolve(new DynoxideFailed(`dynoxide ${why}`));
  });
  return {
    pid: () => running.pid,
    lost: lost.promise,
    async close(): Promise<void> {
      isClosing = true;
      await running.stop();
      await watched;
    },
  };
}

/** Any answer will do. */
const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.text().then(() => true),
    () => false,
  );

/**
 * An address that is free at this moment: dynoxide takes port 0, but does not say which port that became. It refuses a
 * port that somebody listens on at any address of this machine, or takes meanwhile.
 */
async function drawAddress(): Promise<{ host: string; port: number }> {
  const host = drawHost();
  const server = createServer();
  const { port } = await listen(server, 0, host);
  server.close();
  await once(server, 'close');
  return { host, port };
}
