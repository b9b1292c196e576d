/**
 * node --import ./test/interleavings/hooks.ts test/interleavings/suite.ts scenarios|mutants <seed> <times>: tries what plan.ts
 * says, and prints a line of JSON a scenario or a mutant.
 */
import type { Result } from './explorer.ts';
import { MUTANTS } from './mutants/index.ts';
import { DRAWN, EXPLORED } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { MUTANT_BUDGET, plan } from './search/plan.ts';
import { type Subject, subjectOf } from './search/play.ts';
import { deepen, draw, type Found, shrink } from './search/search.ts';
import { loadCode } from './world/handlers.ts';

const [what] = process.argv.slice(2);
const [seed = 1, times = 1] = process.argv.slice(3).map(Number);

function find(name: string): Scenario {
  const scenario = { ...EXPLORED, ...DRAWN }[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

/** @param plainest makes a schedule plainer */
async function report(
  name: string,
  rounds: readonly Found[],
  plainest: (rule: string, choices: readonly number[]) => Promise<readonly number[]> = async (_, choices) => choices,
): Promise<void> {
  const complete = rounds.findLastIndex(({ isComplete }) => isComplete);
  // The first round that breaks a rule comes last, so that its schedule, the plainest, is told.
  const violations = new Map(rounds.toReversed().flatMap((round) => [...round.violations]));
  const result: Result = {
    name,
    schedules: rounds.reduce((sum, round) => sum + round.schedules, 0),
    ...(complete === -1 ? {} : { complete }),
    milliseconds: rounds.reduce((sum, round) => sum + round.milliseconds, 0),
    violations: [],
  };
  for (const [rule, { message, choices }] of violations) {
    result.violations.push({ rule, message, choices: (await plainest(rule, choices)).join() });
  }
  console.log(JSON.stringify(result));
}

async function tryScenarios(): Promise<void> {
  const code = await loadCode();
  for (const { scenario: name, how, preemptions, schedules } of plan(times)) {
    const subject: Subject = subjectOf(find(name), code);
    const rounds =
      how === 'draw' ? [await draw(subject, seed, { schedules })] : await deepen(subject, preemptions, { schedules });
    await report(name, rounds, (rule, choices) => shrink(subject, rule, choices));
  }
}

async function lookForMutants(): Promise<void> {
  const { preemptions, schedules, schedulesIfMasked } = MUTANT_BUDGET;
  for (const [name, { scenario, bounds, breaks, isMasked }] of Object.entries(MUTANTS)) {
    const subject = subjectOf(find(scenario), await loadCode(name), bounds);
    const limits = isMasked ? { schedules: schedulesIfMasked * times } : { schedules, untilBroken: breaks };
    await report(name, await deepen(subject, preemptions, limits));
  }
}

// What escapes from the code under test is caught by recording.ts, so what escapes from the explorer must not.
await (what === 'mutants' ? lookForMutants() : tryScenarios()).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
process.exit();
