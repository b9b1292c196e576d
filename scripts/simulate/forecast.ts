import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import { SettingError } from '../../local/settings.ts';
import { backlog, DAY_SECONDS, firstHour, profile } from './day.ts';
import { type Demand, measureDemand, useOf } from './demand.ts';
import type { Options } from './options.ts';
import { type PeakResult, simulatePeak } from './peak.ts';
import { type LimitName, type Limits, limitsOf, mapLimits, namesOf } from './stage.ts';

/** What becomes of one limit at the volume that is asked about. */
export interface Row {
  readonly name: LimitName;
  readonly what: string;
  readonly value: number;
  /** In the busiest hour, 1 for all of it, as if nothing else were short. */
  readonly use: number;
  /** The first hour of the day in which it is not enough. */
  readonly from: string | undefined;
  /** Executions a day from which it is not enough in the busiest hour. */
  readonly bitesAt: number;
  readonly notice: string;
  readonly raise: string;
}

export interface Forecast {
  readonly options: Options;
  /** Runs a second in the busiest hour. */
  readonly peakRate: number;
  /** What bites first comes first. */
  readonly rows: readonly Row[];
  readonly peak: PeakResult;
  /** Runs a second that the stage ends in the busiest hour, and what that does to those who wait. */
  readonly backlog: ReturnType<typeof backlog>;
}

/** The limits of the stage, with those in their place that the options name. @throws SettingError for a name that is none */
export function limitsFor({ stage, limits: changed }: Options): Limits {
  const limits: Limits = limitsOf(stage);
  for (const name of Object.keys(changed))
    if (!(name in limits))
      throw new SettingError(`LIMITS.${name} is no limit. Known: ${Object.keys(limits).join(', ')}`);
  return mapLimits(limits, ({ value }, name) => changed[name] ?? value);
}

/** The use of a limit grows with the volume; halving finds where it reaches 1. */
export function volumeAt(name: LimitName, limits: Limits, demand: Demand, peak: number): number {
  const times = limits[name].canCatchUp ? 1 : peak;
  let [low, high] = [0, 15];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    const rate = (10 ** middle * times) / DAY_SECONDS;
    if (useOf(limits, demand(rate))[name] < 1) low = middle;
    else high = middle;
  }
  return 10 ** high;
}

/**
 * Which limits are not enough, when, and what people notice. Two simulations: one in which nothing is short shows what a
 * run asks of each limit, which the hours of the day multiply; one with every limit in force shows the busiest minutes.
 */
export function forecast(options: Options, definition: Definition, progress: (share: number) => void): Forecast {
  const limits = limitsFor(options);
  const demand = measureDemand(limits, definition, options);
  const rates = profile(options.runsPerDay, options.peak);
  const peakRate = Math.max(...rates);
  const uses = rates.map((rate) => useOf(limits, demand(rate)));
  const rows = namesOf(limits).map((name): Row => {
    const { what, value, notice, raise, canCatchUp = false } = limits[name];
    const hours = canCatchUp ? [useOf(limits, demand(options.runsPerDay / DAY_SECONDS))] : uses;
    return {
      name,
      what,
      value,
      use: Math.max(...hours.map((use) => use[name])),
      from: firstHour(hours, (use) => use[name] >= 1),
      bitesAt: volumeAt(name, limits, demand, options.peak),
      notice,
      raise,
    };
  });
  const peak = simulatePeak(limits, definition, options, peakRate, { progress });
  return {
    options,
    peakRate,
    rows: rows.sort((one, other) => one.bitesAt - other.bitesAt),
    peak,
    backlog: backlog(rates, peak.endedPerSecond),
  };
}
