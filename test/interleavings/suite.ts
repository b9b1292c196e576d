/**
 * node --import ./test/interleavings/hooks.ts test/interleavings/suite.ts scenarios|mutants <seed> <times>: tries each, and
 * prints a line of JSON of it.
 */
import { MUTANTS } from './mutants/index.ts';
import { DRAWN, SCENARIOS, scenarioNamed } from './scenarios/index.ts';
import { subjectOf } from './search/play.ts';
import { deepen, draw, type Found, shrink } from './search/search.ts';
import { loadCode } from './world/handlers.ts';

const [what] = process.argv.slice(2);
/** Times is PROPERTY_TIMES: 1 in `make test`, more in `make soak`. */
const [seed = 1, times = 1] = process.argv.slice(3).map(Number);

/** Most of the faults that were ever found needed one preemption; more are for `make soak`. */
const PREEMPTIONS = times > 1 ? 3 : 1;
/** Schedules are bounded by their number and not by time, so that the same seed tries the same everywhere. */
const SCHEDULES = { deepen: 300 * times, draw: 250 * times };
/** A mutant is looked for in so many schedules; one that is masked cannot be found in any number, so a few must do. */
const FOR_MUTANT = { preemptions: 3, schedules: 3_000, schedulesIfMasked: 200 * times };

const tell = (name: string, found: Found) => console.log(JSON.stringify({ name, ...found }));

async function tryScenarios(): Promise<void> {
  const code = await loadCode();
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const subject = subjectOf(scenario, code);
    const found =
      name in DRAWN
        ? await draw(subject, seed, { schedules: SCHEDULES.draw })
        : await deepen(subject, PREEMPTIONS, { schedules: SCHEDULES.deepen });
    for (const [rule, violation] of Object.entries(found.violations)) {
      violation.choices = await shrink(subject, rule, violation.choices);
    }
    tell(name, found);
  }
}

async function lookForMutants(): Promise<void> {
  const { preemptions, schedules, schedulesIfMasked } = FOR_MUTANT;
  for (const [name, { scenario, bounds, breaks, isMasked }] of Object.entries(MUTANTS)) {
    const subject = subjectOf(scenarioNamed(scenario), await loadCode(name), bounds);
    const limits = isMasked ? { schedules: schedulesIfMasked } : { schedules, untilBroken: breaks };
    tell(name, await deepen(subject, preemptions, limits));
  }
}

// What escapes from the code under test is caught by recording.ts, so what escapes from the explorer must not.
await (what === 'mutants' ? lookForMutants() : tryScenarios()).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
process.exit();
