/**
 * node --import ./test/interleavings/hooks.ts test/interleavings/suite.ts <seed> <times>: tries what plan.ts says, and
 * prints a line of JSON a scenario.
 */
import { DRAWN, EXPLORED } from './scenarios/index.ts';
import { plan } from './search/plan.ts';
import { type Subject, subjectOf } from './search/play.ts';
import { writeResult } from './search/result.ts';
import { deepen, draw, type Found, shrink } from './search/search.ts';
import { loadCode } from './world/handlers.ts';

const [seed = 1, times = 1] = process.argv.slice(2).map(Number);
const all = { ...EXPLORED, ...DRAWN };

async function plainest(subject: Subject, rounds: readonly Found[]) {
  const violations = new Map(rounds.toReversed().flatMap((round) => [...round.violations]));
  return Promise.all(
    [...violations].map(async ([rule, { message, choices }]) => ({
      rule,
      message,
      choices: (await shrink(subject, rule, choices)).join(),
    })),
  );
}

async function main(): Promise<void> {
  const code = await loadCode();
  for (const { scenario: name, how, preemptions, schedules } of plan(times)) {
    const scenario = all[name];
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    const subject = subjectOf(scenario, code);
    const rounds =
      how === 'draw' ? [await draw(subject, seed, { schedules })] : await deepen(subject, preemptions, { schedules });
    const complete = rounds.findLastIndex(({ isComplete }) => isComplete);
    writeResult({
      name,
      schedules: rounds.reduce((sum, round) => sum + round.schedules, 0),
      ...(complete === -1 ? {} : { complete }),
      milliseconds: rounds.reduce((sum, round) => sum + round.milliseconds, 0),
      violations: await plainest(subject, rounds),
    });
  }
}

// What escapes from the code under test is caught by play.ts, so what escapes from the explorer must not.
await main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
process.exit();
