import { exec } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { SEED, TIMES } from '../support/seed.ts';
import { ROOT } from '../support/stack/process.ts';

/** What suite.ts prints of a scenario or a mutant. */
export interface Result {
  readonly name: string;
  readonly schedules: number;
  /** The most preemptions of which all schedules were tried; undefined when not even those without one were. */
  readonly complete?: number;
  readonly milliseconds: number;
  readonly violations: { readonly rule: string; readonly message: string; readonly choices: string }[];
}

/** Runs a command as a person does, with this Node. */
export function runCommand(command: string): Promise<{ code: unknown; output: string; errors: string }> {
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const options = { cwd: ROOT, env: { ...process.env, PATH }, maxBuffer: 100_000_000 };
  return new Promise((resolve) => {
    exec(command, options, (error, output, errors) => resolve({ code: error?.code ?? 0, output, errors }));
  });
}

const HOOKED = 'node --import ./test/interleavings/hooks.ts test/interleavings';

/** What the suite finds, by name; in its process, time, chance and services are the explorer's. */
export async function runSuite(what: 'scenarios' | 'mutants'): Promise<ReadonlyMap<string, Result>> {
  const { code, output, errors } = await runCommand(`${HOOKED}/suite.ts ${what} ${SEED} ${TIMES}`);
  if (code !== 0) throw new Error(`the suite ended with ${code}: ${errors}`);
  const results = output.split('\n').flatMap((line): Result[] => (line === '' ? [] : [JSON.parse(line)]));
  const sum = results.reduce((total, { schedules }) => total + schedules, 0);
  console.log(`      seed ${SEED}, ${sum} schedules of ${results.length} ${what}`);
  return new Map(results.map((result) => [result.name, result]));
}

/** The command that runs a schedule again, and tells what happens in it. */
export const replayCommand = (scenario: string, choices: string, mutant?: string) =>
  `${HOOKED}/explore.ts replay ${scenario}${mutant === undefined ? '' : ` 'mutant=${mutant}'`} choices=${choices}`;
