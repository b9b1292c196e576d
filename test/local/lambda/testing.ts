import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LambdaFunction } from '../../../local/aws/lambda/environment.ts';
import { createLambdaPool, type LambdaPool, type LambdaPoolOptions } from '../../../local/aws/lambda/pool.ts';
import { failureOf } from '../../support/failure.ts';

export const REGION = 'ap-northeast-1';
export const arnOf = (functionName: string) => `arn:aws:lambda:${REGION}:123456789012:function:${functionName}`;

/** Name and parsed Cause of a rejection. */
export async function failedWith(invocation: Promise<unknown>): Promise<{ name: string; cause: unknown }> {
  const { name, message } = await failureOf(invocation);
  const cause: unknown = JSON.parse(message);
  return { name, cause };
}

/** Bundles in a temporary folder, and pools that run them, for the tests of one describe block; after each all is gone. */
export function useWorkbench() {
  let folder = '';
  const pools: LambdaPool[] = [];
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambda-pool-'));
    lines.length = 0;
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((opened) => opened.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** A function whose bundle is the code; settings that matter to a test come from it. */
  function define(functionName: string, code: string, settings: Partial<LambdaFunction> = {}): LambdaFunction {
    const directory = join(folder, functionName);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'index.js'), code);
    return {
      functionName,
      version: '7',
      directory,
      handler: 'index.handler',
      environment: {},
      timeoutMs: 30_000,
      memoryMb: 256,
      ...settings,
    };
  }

  /** A pool of functions, with settings if the last argument is none. */
  function pool(...parts: (LambdaFunction | Partial<LambdaPoolOptions>)[]): LambdaPool {
    const opened = createLambdaPool({
      ...Object.assign({}, ...parts.filter((part) => !('handler' in part))),
      functions: parts.filter((part) => 'handler' in part),
      region: REGION,
      onLog(functionName, line) {
        lines.push(`${functionName}: ${line}`);
        for (const check of waiting) check();
      },
    });
    pools.push(opened);
    return opened;
  }

  /** Resolves once so many lines have been logged that read exactly so. */
  function logged(line: string, count = 1): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (lines.filter((each) => each === line).length < count) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  }

  return { folder: () => folder, lines, define, pool, logged };
}

/** A port that bundles connect to: the connection of a worker closes when its process is gone, however it went. */
export async function startMonitor() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    /** Connects; to be put at the start of a bundle. */
    code: `require('node:net').connect(${port}, '127.0.0.1').on('error', () => {});\n`,
    async connection(): Promise<Socket> {
      const [socket]: Socket[] = await once(server, 'connection');
      if (socket === undefined) throw new Error('no connection');
      return socket.on('error', () => {}).resume();
    },
    close: () => server.close(),
  };
}
