import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { findBinary } from './binary.ts';
import { type DataFolder, takeDataFolder } from './data-folder.ts';
import { createClient } from './tables.ts';

export { DynoxideMissing } from './binary.ts';
export { DataFolderInUse } from './data-folder.ts';

export interface DynoxideOptions {
  /** Folder of the database; without it the data is in memory and ends with the process. */
  readonly dataDir?: string;
  /** DYNOXIDE_BINARY and PATH; default: those of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Until it must answer; default: 10 s. */
  readonly timeoutMs?: number;
}

/** A DynamoDB engine that runs. */
export interface Dynoxide {
  /** For AWS_ENDPOINT_URL_DYNAMODB. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Stops it; resolves once it has ended. */
  close(): Promise<void>;
}

/** dynoxide did not start; the message holds what it wrote. */
export class DynoxideFailed extends Error {
  readonly code = 'dynoxide_failed';
}

const HOST = '127.0.0.1';
const STOP_TIMEOUT_MS = 2_000;
const PORT_ATTEMPTS = 5;
const KEPT_OUTPUT = 4_096;

/**
 * Starts dynoxide on a free port of this machine and waits until it answers.
 * @throws DynoxideMissing when there is no binary, DataFolderInUse when another stack has the folder, DynoxideFailed
 * when it ends early or does not answer in time
 */
export async function startDynoxide({
  dataDir,
  environment = process.env,
  timeoutMs = 10_000,
}: DynoxideOptions = {}): Promise<Dynoxide> {
  const binary = findBinary({ environment });
  const folder = dataDir === undefined ? undefined : await takeDataFolder(dataDir);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const started = await launch(binary, await freePort(), folder, timeoutMs);
      if (started instanceof DynoxideFailed) {
        // Somebody else took the port between our choice and the start.
        if (attempt < PORT_ATTEMPTS && /in use/i.test(started.message)) continue;
        throw started;
      }
      const { close } = started;
      return { ...started, close: () => close().finally(() => folder?.release()) };
    }
  } catch (error) {
    folder?.release();
    throw error;
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

async function launch(
  binary: string,
  port: number,
  folder: DataFolder | undefined,
  timeoutMs: number,
): Promise<Dynoxide | DynoxideFailed> {
  const database = folder === undefined ? [] : ['--db-path', folder.databasePath];
  const child = spawn(binary, ['serve', '--host', HOST, '--port', String(port), ...database], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C must not end the database before the stack has let its executions end.
    detached: true,
  });
  if (child.pid !== undefined) folder?.note(child.pid);
  const killWithParent = () => child.kill('SIGKILL');
  process.on('exit', killWithParent);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
  }).finally(() => process.off('exit', killWithParent));
  const output = collect(child);
  const url = `http://${HOST}:${port}`;

  const late = AbortSignal.timeout(timeoutMs);
  try {
    const failure = await Promise.race([
      ended.then((how) => new DynoxideFailed(`dynoxide ended at its start (${how}): ${output.text()}`)),
      // Its own line comes first, since another program on this port could answer the request.
      output.saysListening(late).then(() => answers(url, late)),
    ]);
    if (failure === undefined) return { url, port, pid: child.pid ?? 0, close: () => stop(child, ended) };
    return failure;
  } catch (cause) {
    await stop(child, ended);
    throw new DynoxideFailed(`dynoxide did not answer within ${timeoutMs} ms: ${output.text()}`, { cause });
  }
}

/** Keeps the end of what a process writes, and reads all of it, so that it never waits for us. */
function collect(child: ChildProcess) {
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-KEPT_OUTPUT);
      for (const listener of listeners) listener();
    });
  }
  return {
    text: () => text.trim(),
    saysListening: (signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const check = () => {
          if (!/listening on/i.test(text)) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        check();
      }),
  };
}

async function answers(url: string, abortSignal: AbortSignal): Promise<undefined> {
  const client = createClient(url, 'local');
  try {
    await client.send(new ListTablesCommand({ Limit: 1 }), { abortSignal });
  } finally {
    client.destroy();
  }
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  // It ends within milliseconds. Should it hang: what it has answered is on the disk, so nothing is lost by force.
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(force);
}
