import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { venvProgram } from '../python.ts';
import { TIME_SCALE } from './scripts.ts';

const PROGRAM = join(import.meta.dirname, 'second-engine.py');
const KEPT_OUTPUT = 4_096;

/**
 * Starts moto's server on a free port and waits until it listens. CONFORMANCE_LOG=1 shows what it says.
 * @param servicesPort where it finds Lambda and SNS
 * @throws Error with its output when it ends early
 */
export async function startMoto(account: string, servicesPort: number) {
  const child = spawn(venvProgram('python'), [PROGRAM, '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      TIME_SCALE: String(TIME_SCALE),
      MOTO_PORT: String(servicesPort),
      MOTO_ACCOUNT_ID: account,
    },
  });
  const killWithParent = () => child.kill('SIGKILL');
  process.on('exit', killWithParent);
  const ended = once(child, 'close').finally(() => process.off('exit', killWithParent));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      if (process.env.CONFORMANCE_LOG) console.error(line);
      output = `${output}${line}\n`.slice(-KEPT_OUTPUT);
      const found = /Running on (http:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    const fail = () => reject(new Error(`moto did not start: ${output}`));
    ended.then(fail, fail);
  });
  return {
    url,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
