import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../support/process.ts';
import { type Result, readResults } from './search/result.ts';

/** Runs a file of this folder in a process whose time, chance and services are the explorer's. */
export async function runExplorer(
  file: string,
  args: readonly string[],
): Promise<{ code: unknown; output: string; errors: string }> {
  const hooks = new URL('./hooks.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', hooks, `test/interleavings/${file}`, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [code]: unknown[] = await once(child, 'close');
  return { code, output, errors };
}

/** The results that a file prints, by name. */
export async function resultsOf(file: string, args: readonly string[] = []): Promise<ReadonlyMap<string, Result>> {
  const { code, output, errors } = await runExplorer(file, args);
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${errors}`);
  return new Map(readResults(output).map((result) => [result.name, result]));
}
