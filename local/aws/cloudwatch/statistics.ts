/** What CloudWatch keeps of a metric's values in a stretch of time. */
export interface StatisticSet {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** How often each value came, for percentiles; undefined once a part of them came as a StatisticSet. */
  readonly counts: ReadonlyMap<number, number> | undefined;
}

/** The statistics of values, each with how often it came. */
export function statisticsOf(values: readonly (readonly [value: number, count: number])[]): StatisticSet {
  const counts = new Map<number, number>();
  let sampleCount = 0;
  let sum = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (const [value, count] of values) {
    sampleCount += count;
    sum += value * count;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    counts.set(value, (counts.get(value) ?? 0) + count);
  }
  return { sampleCount, sum, minimum, maximum, counts };
}

/** A StatisticSet of its own, which {@link addTo} may change. */
export interface RunningStatistics extends StatisticSet {
  sampleCount: number;
  sum: number;
  minimum: number;
  maximum: number;
  counts: Map<number, number> | undefined;
}

export const copyOf = (set: StatisticSet): RunningStatistics => ({
  ...set,
  counts: set.counts === undefined ? undefined : new Map(set.counts),
});

/** Makes the statistics those of both together; what it costs depends on the other's values, not on those known. */
export function addTo(running: RunningStatistics, other: StatisticSet): void {
  running.sampleCount += other.sampleCount;
  running.sum += other.sum;
  running.minimum = Math.min(running.minimum, other.minimum);
  running.maximum = Math.max(running.maximum, other.maximum);
  if (other.counts === undefined) running.counts = undefined;
  for (const [value, count] of other.counts ?? []) {
    running.counts?.set(value, (running.counts.get(value) ?? 0) + count);
  }
}

const PERCENTILE = /^p(?<percent>\d{1,2}(?:\.\d{1,10})?|100)$/;

/** Says whether {@link statistic} knows a statistic of this name. */
export const isStatistic = (name: string): boolean => Object.hasOwn(SIMPLE, name) || PERCENTILE.test(name);

const SIMPLE: Readonly<Record<string, (set: StatisticSet) => number>> = {
  Average: ({ sum, sampleCount }) => sum / sampleCount,
  Maximum: ({ maximum }) => maximum,
  Minimum: ({ minimum }) => minimum,
  SampleCount: ({ sampleCount }) => sampleCount,
  Sum: ({ sum }) => sum,
};

/**
 * A statistic of the values.
 * @param name `Average`, `Maximum`, `Minimum`, `SampleCount`, `Sum`, or a percentile such as `p99` or `p99.9`
 * @returns undefined when there are no values, or for a percentile of values that are not known one by one
 * @throws Error for a name that {@link isStatistic} does not know
 */
export function statistic(name: string, set: StatisticSet | undefined): number | undefined {
  const simple = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
  const percent = PERCENTILE.exec(name)?.groups?.percent;
  if (simple === undefined && percent === undefined) throw new Error(`The local CloudWatch knows no statistic ${name}`);
  if (set === undefined || set.sampleCount === 0) return undefined;
  return simple === undefined ? percentile(Number(percent), set) : simple(set);
}

/** The smallest value that at least so many percent of the values are not above. */
function percentile(percent: number, { counts, sampleCount }: StatisticSet): number | undefined {
  if (counts === undefined) return undefined;
  const wanted = (percent / 100) * sampleCount;
  const ascending = [...counts].sort(([one], [other]) => one - other);
  let seen = 0;
  return (ascending.find(([, count]) => {
    seen += count;
    return seen >= wanted;
  }) ?? ascending.at(-1))?.[0];
}
