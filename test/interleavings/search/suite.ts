import { MUTANTS } from '../mutants/index.ts';
import { DRAWN, SCENARIOS, scenarioNamed } from '../scenarios/index.ts';
import { loadCode } from '../world/handlers.ts';
import { subjectOf } from './play.ts';
import { deepen, draw, type Found, shrink } from './search.ts';

/** Schedules are bounded by their number and not by time, so that the same seed tries the same everywhere. */
const SCHEDULES = { deepen: 300, draw: 250, forMutant: 3_000, forMasked: 60 };
/** `make test` has the time for so many of those of a scenario, and for every third scenario, by the seed. */
const PART_IN_TEST = 0.6;
const EVERY = 3;
const PREEMPTIONS_FOR_MUTANT = 3;

async function* tryScenarios(seed: number, times: number): AsyncGenerator<[string, Found]> {
  const code = await loadCode();
  // Most of the faults that were ever found needed one preemption; more are for `make soak`.
  const [preemptions, part] = times > 1 ? [3, times] : [1, PART_IN_TEST];
  for (const [index, [name, scenario]] of Object.entries(SCENARIOS).entries()) {
    if (times === 1 && (index + seed) % EVERY !== 0) continue;
    const subject = subjectOf(scenario, code);
    const found =
      name in DRAWN
        ? await draw(subject, seed, { schedules: SCHEDULES.draw * part })
        : await deepen(subject, preemptions, { schedules: SCHEDULES.deepen * part });
    for (const [rule, violation] of Object.entries(found.violations)) {
      violation.choices = await shrink(subject, rule, violation.choices);
    }
    yield [name, found];
  }
}

async function* lookForMutants(times: number): AsyncGenerator<[string, Found]> {
  for (const [name, { scenario, bounds, breaks, isMasked }] of Object.entries(MUTANTS)) {
    const subject = subjectOf(scenarioNamed(scenario), await loadCode(name), bounds);
    const limits = isMasked
      ? { schedules: SCHEDULES.forMasked * times }
      : { schedules: SCHEDULES.forMutant, untilBroken: breaks };
    yield [name, await deepen(subject, PREEMPTIONS_FOR_MUTANT, limits)];
  }
}

/** Tries every scenario, or looks for every mutant. @param times more in `make soak` */
export const suite = (what: string, seed: number, times: number) =>
  what === 'mutants' ? lookForMutants(times) : tryScenarios(seed, times);
