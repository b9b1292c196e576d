import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { howToGetIt } from './binary.ts';

/** dynoxide did not start, or has ended; the message holds what it wrote. */
export class DynoxideFailed extends Error {
  readonly code: string = 'dynoxide_failed';
}

/** There is no dynoxide to run; the message says how to get one. */
export class DynoxideMissing extends DynoxideFailed {
  override readonly code = 'dynoxide_missing';

  constructor(binary: string, output: string) {
    super(`dynoxide, the local database, cannot be run as ${binary} (${output}). ${howToGetIt()}`);
  }
}

/** A dynoxide that answers. */
export type DynoxideProcess = Awaited<ReturnType<typeof launch>>;

export interface DynoxideStart {
  readonly binary: string;
  readonly host: string;
  readonly port: number;
  /** Without it the data is in memory. */
  readonly databasePath: string | undefined;
}

const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 2_000;
const KEPT_OUTPUT = 4_096;

/** Becomes the program that it is given, and kills it once the other end of the pipe 3 is closed, by a kill -9 of this process too. */
const ENDS_WITH_US = '(cat <&3; kill -KILL $$) >/dev/null 2>&1 & exec "$0" "$@" 3<&-';

/**
 * Starts dynoxide and waits until it says that it listens.
 * @throws DynoxideMissing when there is no such program, DynoxideFailed when it ends before, or does not say so in time
 */
export async function launch({ binary, host, port, databasePath }: DynoxideStart) {
  const database = databasePath === undefined ? [] : ['--db-path', databasePath];
  const serve = ['serve', '--host', host, '--port', String(port), ...database];
  const child = spawn('/bin/sh', ['-c', ENDS_WITH_US, binary, ...serve], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C must not end the database before the stack has let its executions end.
    detached: true,
  });
  let output = '';
  const listens = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-KEPT_OUTPUT);
        if (/listening on/i.test(output)) resolve();
      });
    }
  });
  child.on('exit', () => child.stdio[3]?.destroy());
  /** How it ended, whoever ended it. */
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
  });
  /** Resolves once it has ended. */
  const stop = async () => {
    child.kill('SIGTERM');
    // It ends within milliseconds. Should it hang: what it has answered is on the disk, so nothing is lost by force.
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(force);
  };
  const failure = await Promise.race([
    listens,
    ended.then((how) => `ended at its start (${how})`),
    sleep(START_TIMEOUT_MS, `did not answer within ${START_TIMEOUT_MS} ms`, { ref: false }),
  ]);
  if (failure === undefined) return { pid: child.pid ?? 0, ended, stop };
  await stop();
  // As shells say that a program is not there, or is none.
  if (child.exitCode === 127 || child.exitCode === 126) throw new DynoxideMissing(binary, output.trim());
  throw new DynoxideFailed(`dynoxide ${failure}: ${output.trim()}`);
}
