import { type ChildProcess, spawn } from 'node:child_process';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { DataFolder } from './data-folder.ts';
import { createClient } from './tables.ts';

/** dynoxide did not start, or has ended; the message holds what it wrote. */
export class DynoxideFailed extends Error {
  readonly code = 'dynoxide_failed';
}

/** A dynoxide that answers. */
export interface DynoxideProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** How it ended, whoever ended it. */
  readonly ended: Promise<string>;
  /** Resolves once it has ended. */
  stop(): Promise<void>;
}

export const HOST = '127.0.0.1';
const STOP_TIMEOUT_MS = 2_000;
const KEPT_OUTPUT = 4_096;

/**
 * Starts dynoxide on a port and waits until it answers.
 * @returns DynoxideFailed when it ends early
 * @throws DynoxideFailed when it does not answer in time
 */
export async function launch(
  binary: string,
  port: number,
  folder: DataFolder | undefined,
  timeoutMs: number,
): Promise<DynoxideProcess | DynoxideFailed> {
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
    if (failure === undefined) return { url, port, pid: child.pid ?? 0, ended, stop: () => stop(child, ended) };
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

/** Resolves once dynoxide has answered; rejects when it does not. */
export async function answers(url: string, abortSignal: AbortSignal): Promise<undefined> {
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
