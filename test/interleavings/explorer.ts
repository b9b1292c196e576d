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

const HOOKED = 'node --import ./test/interleavings/hooks.ts test/interleavings';

/** What the suite finds, by name; in its process, time, chance and services are the explorer's. */
export async function runSuite(what: 'scenarios' | 'mutants'): Promise<ReadonlyMap<string, Found>> {
  const { code, output, errors } = await runCommand(`${HOOKED}/suite.ts ${what} ${SEED} ${TIMES}`);
  if (code !== 0) throw new Error(`the suite ended with ${code}: ${errors}`);
  const results = output.trim().split('\n');
  console.log(`      seed ${SEED}, ${results.length} ${what}`);
  return new Map(
    results.map((line) => {
      const { name, ...found }: Found & { name: string } = JSON.parse(line);
      return [name, found];
    }),
  );
}

/** The command that runs a schedule again, and tells what happens in it. */
export const replayCommand = (scenario: string, choices: readonly number[], mutant?: string) =>
  `${HOOKED}/explore.ts replay ${scenario}${mutant === undefined ? '' : ` 'mutant=${mutant}'`} choices=${choices.join()}`;
