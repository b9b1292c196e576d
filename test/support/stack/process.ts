import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { useDataDir } from '../data-dir.ts';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

export interface StackProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  /** Sends a signal and waits for the end. @returns exit code, or null when the signal ended it */
  end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<number | null>;
}

/** Starts `node <file>` of this repository, or of another checkout, with these variables added to the environment. */
function run(file: string, environment: Readonly<Record<string, string>>, args: readonly string[] = [], root = ROOT) {
  return spawn(process.execPath, [join(root, file), ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a file to its end. */
export async function runToEnd(
  file: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
) {
  const child = run(file, environment, args);
  const ended: Promise<unknown[]> = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code, stdout, stderr };
}

/**
 * Runs `make start`'s program in a process of its own, so that it can be killed.
 * @param root another checkout of this repository
 */
export async function startProcess(
  environment: Readonly<Record<string, string>>,
  root?: string,
): Promise<StackProcess> {
  const child = run('local/main.ts', { LANG: 'C.UTF-8', PORT: '0', ...environment }, [], root);
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const lines = createInterface(child.stdout);
  const url = await new Promise<string>((resolve, reject) => {
    let found: string | undefined;
    lines.on('line', (line) => {
      output += `${line}\n`;
      found ??= /runs at (http:\S+)/.exec(line)?.[1];
      if (found !== undefined && line.includes('Ctrl-C')) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the stack ended with ${code}: ${output}`)));
  });
  return {
    url,
    process: child,
    output: () => output,
    async end(signal) {
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code]: unknown[] = await ended;
      return typeof code === 'number' ? code : null;
    },
  };
}

/**
 * `make start` in a process of its own, again and again on the same data, for the tests of one describe block.
 * @returns `start`, which ends the one that runs before it
 */
export function useProcesses(environment: Readonly<Record<string, string>>) {
  let running: StackProcess | undefined;
  const end = async () => {
    if (running?.process.exitCode === null && running.process.signalCode === null) await running.end('SIGTERM');
  };
  const dataDir = useDataDir(end);
  return {
    dataDir,
    async start(more: Readonly<Record<string, string>> = {}): Promise<StackProcess> {
      await end();
      running = await startProcess({ DATA_DIR: dataDir(), ...environment, ...more });
      return running;
    },
  };
}
