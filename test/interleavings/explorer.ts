import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { ROOT } from '../support/stack/process.ts';
import { type Result, readResults } from './search/result.ts';

/** Runs a command as a person does, with this Node. */
export async function runCommand(command: string): Promise<{ code: unknown; output: string; errors: string }> {
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(command, {
    cwd: ROOT,
    shell: true,
    env: { ...process.env, PATH },
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

/** The results that a file of this folder prints, by name; in its process, time, chance and services are the explorer's. */
export async function resultsOf(file: string, args: string): Promise<ReadonlyMap<string, Result>> {
  const command = `node --import ./test/interleavings/hooks.ts test/interleavings/${file} ${args}`;
  const { code, output, errors } = await runCommand(command);
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${errors}`);
  return new Map(readResults(output).map((result) => [result.name, result]));
}
