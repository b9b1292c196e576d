import { addTo, copyOf, type RunningStatistics, type StatisticSet } from './statistics.ts';

/** A metric is its namespace, its name and its whole set of dimensions. */
export interface MetricId {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Values of a metric at one time. */
export interface Measurement extends MetricId {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly statistics: StatisticSet;
  readonly unit?: string;
}

/** A metric as `GET /local/metrics` shows it: its last values, and all that came since the stack was started. */
export interface MetricSummary {
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string | null;
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly last: {
    /** ISO-8601. */
    readonly timestamp: string;
    readonly sum: number;
    readonly average: number;
  };
}

interface Metric extends MetricId {
  unit: string | undefined;
  readonly total: RunningStatistics;
  last: { timestamp: number; statistics: StatisticSet };
  /** By number: a bucket holds the time from its number times the resolution. */
  readonly buckets: Map<number, RunningStatistics>;
}

/**
 * Metrics in memory, in buckets of one resolution as CloudWatch keeps them by the minute. Buckets older than the
 * retention are forgotten as new values of their metric come.
 */
export class MetricStore {
  readonly resolutionMs: number;
  readonly #keptBuckets: number;
  readonly #metrics = new Map<string, Metric>();

  constructor(options: { resolutionMs: number; retentionMs: number }) {
    this.resolutionMs = options.resolutionMs;
    this.#keptBuckets = Math.ceil(options.retentionMs / options.resolutionMs);
  }

  add(measurement: Measurement): void {
    const { timestamp, statistics, unit } = measurement;
    const bucket = Math.floor(timestamp / this.resolutionMs);
    const metric = this.#metricOf(measurement);
    const known = metric.buckets.get(bucket);
    if (known === undefined) metric.buckets.set(bucket, copyOf(statistics));
    else addTo(known, statistics);
    metric.unit = unit ?? metric.unit;
    if (timestamp >= metric.last.timestamp) metric.last = { timestamp, statistics };
    if (known === undefined) this.#forget(metric.buckets, bucket - this.#keptBuckets);
  }

  /** What came from one time until before another; both are taken to the nearest bucket's begin. */
  between(id: MetricId, fromMs: number, untilMs: number): StatisticSet | undefined {
    const buckets = this.#metrics.get(keyOf(id))?.buckets;
    if (buckets === undefined) return undefined;
    let found: RunningStatistics | undefined;
    const until = Math.round(untilMs / this.resolutionMs);
    for (let number = Math.round(fromMs / this.resolutionMs); number < until; number += 1) {
      const bucket = buckets.get(number);
      if (bucket === undefined) continue;
      if (found === undefined) found = copyOf(bucket);
      else addTo(found, bucket);
    }
    return found;
  }

  /** Every metric, by namespace. */
  summary(): Record<string, MetricSummary[]> {
    const byNamespace = Object.groupBy(this.#metrics.values(), ({ namespace }) => namespace);
    return Object.fromEntries(
      Object.entries(byNamespace).map(([namespace, metrics = []]) => [namespace, metrics.map(summarize)]),
    );
  }

  #metricOf(measurement: Measurement): Metric {
    const key = keyOf(measurement);
    const known = this.#metrics.get(key);
    if (known !== undefined) {
      addTo(known.total, measurement.statistics);
      return known;
    }
    const { namespace, metricName, dimensions, timestamp, statistics } = measurement;
    const last = { timestamp, statistics };
    // Totals grow for as long as the stack runs, so they hold no single values.
    const total = { ...statistics, counts: undefined };
    const metric = { namespace, metricName, dimensions, unit: undefined, total, last, buckets: new Map() };
    this.#metrics.set(key, metric);
    return metric;
  }

  #forget(buckets: Map<number, RunningStatistics>, oldest: number): void {
    for (const number of buckets.keys()) if (number < oldest) buckets.delete(number);
  }
}

const keyOf = ({ namespace, metricName, dimensions }: MetricId) =>
  JSON.stringify([
    namespace,
    metricName,
    ...Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1)),
  ]);

function summarize({ metricName, dimensions, unit, total, last }: Metric): MetricSummary {
  const { sampleCount, sum, minimum, maximum } = total;
  const { timestamp, statistics } = last;
  return {
    metricName,
    dimensions,
    unit: unit ?? null,
    sampleCount,
    sum,
    minimum,
    maximum,
    last: {
      timestamp: new Date(timestamp).toISOString(),
      sum: statistics.sum,
      average: statistics.sum / statistics.sampleCount,
    },
  };
}
