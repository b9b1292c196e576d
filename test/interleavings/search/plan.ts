import { DRAWN, EXPLORED } from '../scenarios/index.ts';

/** What is tried of one scenario: bounded by numbers of schedules and not by time, so that it is the same everywhere. */
export interface Job {
  readonly scenario: string;
  readonly how: 'deepen' | 'draw';
  /** Of schedules that are tried one after the other, the most preemptions. */
  readonly preemptions: number;
  readonly schedules: number;
}

/** Most of the faults that were ever found needed one preemption; two are for `make soak`. */
const PREEMPTIONS = { test: 1, soak: 3 } as const;
/** Schedules of a scenario in `make test`; each takes about 1 ms. */
const SCHEDULES = { deepen: 400, draw: 700 } as const;

/**
 * All that is tried.
 * @param times PROPERTY_TIMES: 1 in `make test`, more in `make soak`
 */
export function plan(times: number): Job[] {
  const preemptions = times > 1 ? PREEMPTIONS.soak : PREEMPTIONS.test;
  const job = (how: Job['how']) => (scenario: string) => ({
    scenario,
    how,
    preemptions,
    schedules: SCHEDULES[how] * times,
  });
  return [...Object.keys(EXPLORED).map(job('deepen')), ...Object.keys(DRAWN).map(job('draw'))];
}

/** A mutant is looked for in so many schedules; one that is masked cannot be found in any number, so a few must do. */
export const MUTANT_BUDGET = { preemptions: 3, schedules: 3_000, schedulesIfMasked: 200 } as const;
