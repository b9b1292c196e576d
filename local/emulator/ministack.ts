import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../http/server.ts';

/** It has taken 2 s on 2 cores; a first start compiles its modules. */
const START_MS = 60_000;
/** How long it may take to end before it is killed. */
const STOP_MS = 10_000;
const POLL_MS = 100;

export interface MiniStackOptions {
  /** The Python that has MiniStack. */
  readonly python: string;
  readonly port: number;
  readonly region: string;
  readonly account: string;
  /** Path of the file that has what it writes to the terminal; begun anew. */
  readonly logFile: string;
}

/** MiniStack, running. */
export interface MiniStack {
  /** Resolves when it has ended by itself, with an error that says so. */
  readonly lost: Promise<Error>;
  /** Ends it and the functions that it runs. */
  stop(): Promise<void>;
}

/**
 * Starts MiniStack on 127.0.0.1 and waits until it answers. It runs Lambda functions as processes, with the Node that runs this.
 * @throws Error that holds the last line it wrote
 */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const { python, port, logFile } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  // Outside the repository, whose package.json would make modules of the scripts that MiniStack writes.
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-emulator-'));
  // A group of its own: Ctrl-C reaches this process alone, which then ends MiniStack with its functions.
  const child = spawn(python, ['-m', 'ministack'], {
    detached: true,
    stdio: ['ignore', log, log],
    env: environmentOf(options, folder),
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  const isOver = new AbortController();
  void ended.then(() => isOver.abort());
  const lost = ended.then((why) => new Error(`MiniStack: ${lastLine(logFile) ?? why}`));
  const stop = async () => {
    await stopGroup(child, ended);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const problem = await Promise.race([lost, untilHealthy(port, isOver.signal)]);
    if (problem !== undefined) throw problem;
  } catch (error) {
    await stop();
    throw error;
  }
  return { lost, stop };
}

/** @throws Error with the code `port_in_use` */
export async function refuseTaken(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  server.close();
  await once(server, 'close');
}

/** Nothing of this machine's AWS settings reaches it or its functions. */
function environmentOf({ port, region, account }: MiniStackOptions, folder: string): NodeJS.ProcessEnv {
  return {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: folder,
    TMPDIR: folder,
    S3_DATA_DIR: join(folder, 's3'),
    STATE_DIR: join(folder, 'state'),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: region,
    MINISTACK_ACCOUNT_ID: account,
    // Ports of their own, on every interface.
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
  };
}

/**
 * @param isOver aborted when MiniStack has ended: what goes on asking keeps this process from ending
 * @throws Error when MiniStack does not answer in time
 */
async function untilHealthy(port: number, isOver: AbortSignal): Promise<undefined> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline && !isOver.aborted) {
    const answer = await fetch(`http://127.0.0.1:${port}/_ministack/health`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return undefined;
    await sleep(POLL_MS);
  }
  throw new Error(`MiniStack did not answer within ${START_MS / 1000} s`);
}

async function stopGroup({ pid }: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const cancel = new AbortController();
  await Promise.race([ended, sleep(STOP_MS, undefined, { signal: cancel.signal }).catch(() => {})]);
  cancel.abort();
  // Its functions, which wait for their next event, and itself if it did not end.
  signalGroup(pid, 'SIGKILL');
  await ended;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const lastLine = (file: string): string | undefined =>
  readFileSync(file, 'utf8').trim().split('\n').at(-1) || undefined;
