/**
 * node --import ./test/interleavings/hooks.ts test/interleavings/mutate.ts <times> [mutant ...]: looks for
 * each mutant, all of them unless some are named, and prints a line of JSON a mutant.
 */
import { MUTANTS } from './mutants/index.ts';
import { EXPLORED } from './scenarios/index.ts';
import { MUTANT_BUDGET } from './search/plan.ts';
import { subjectOf } from './search/play.ts';
import { writeResult } from './search/result.ts';
import { deepen } from './search/search.ts';
import { loadCode } from './world/handlers.ts';

async function main([times, ...chosen]: readonly string[]): Promise<void> {
  for (const [name, mutant] of Object.entries(MUTANTS)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const scenario = EXPLORED[mutant.scenario];
    if (scenario === undefined) throw new Error(`no scenario ${mutant.scenario}`);
    const subject = subjectOf(scenario, await loadCode(name), mutant.bounds);
    const { preemptions, schedules, schedulesIfMasked } = MUTANT_BUDGET;
    const limits = mutant.isMasked
      ? { schedules: schedulesIfMasked * Number(times) }
      : { schedules, untilBroken: mutant.breaks };
    const rounds = await deepen(subject, preemptions, limits);
    writeResult({
      name,
      schedules: rounds.reduce((sum, round) => sum + round.schedules, 0),
      milliseconds: rounds.reduce((sum, round) => sum + round.milliseconds, 0),
      violations: rounds.flatMap(({ violations }) =>
        [...violations].map(([rule, { message, choices }]) => ({ rule, message, choices: choices.join() })),
      ),
    });
  }
}

// What escapes from the code under test is caught by play.ts, so what escapes from the explorer must not.
await main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
process.exit();
