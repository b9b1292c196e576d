import { exec } from 'node:child_process';
import { SEED, TIMES } from '../support/seed.ts';
import { ROOT } from '../support/stack/process.ts';
import type { Found } from './search/search.ts';

/** Runs a command as a person does. */
export function runCommand(command: string): Promise<{ code: unknown; output: string; errors: string }> {
  return new Promise((resolve) => {
    exec(command, { cwd: ROOT, maxBuffer: 100_000_000 }, (error, output, errors) =>
      resolve({ code: error?.code ?? 0, output, errors }),
    );
  });
}

const EXPLORE = 'node --import ./test/interleavings/hooks.ts test/interleavings/explore.ts';

/** What the suite finds, by name, for the tests of one describe block; in its process, time, chance and services are the explorer's. */
export function useSuite(what: 'scenarios' | 'mutants'): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  before(async () => {
    const { code, output, errors } = await runCommand(`${EXPLORE} suite ${what} seed=${SEED} times=${TIMES}`);
    if (code !== 0) throw new Error(`the suite ended with ${code}: ${errors}`);
    for (const line of output.trim().split('\n')) {
      const [name, result]: [string, Found] = JSON.parse(line);
      found.set(name, result);
    }
    console.log(`      seed ${SEED}, ${found.size} ${what}`);
  });
  return found;
}

/** The command that runs a schedule again, and tells what happens in it. */
export const replayCommand = (scenario: string, choices: readonly number[], mutant?: string) =>
  `${EXPLORE} replay ${scenario}${mutant === undefined ? '' : ` 'mutant=${mutant}'`} choices=${choices.join()}`;
