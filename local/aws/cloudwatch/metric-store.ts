import { statistic, type Values } from './statistics.ts';

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
  /** Each with how often it came; at least one. */
  readonly values: Values;
  readonly unit?: string;
}

/** A metric as `GET /local/metrics` shows it: all that came since the stack was started. */
type MetricSummary = Omit<MetricId, 'namespace'> & {
  readonly unit: string | null;
} & Readonly<Record<'sampleCount' | 'sum' | 'minimum' | 'maximum', number>>;

interface Metric {
  readonly namespace: string;
  readonly summary: MetricSummary;
  /** By number: a bucket holds the time from its number times the resolution. */
  readonly buckets: Map<number, Map<number, number>>;
}

/**
 * Metrics in memory, in buckets of one resolution as CloudWatch keeps them by the minute. Buckets older than the
 * retention are forgotten as new values of their metric come.
 */
export class MetricStore {
  readonly #resolutionMs: number;
  readonly #keptBuckets: number;
  readonly #metrics = new Map<string, Metric>();

  constructor(options: { resolutionMs: number; retentionMs: number }) {
    this.#resolutionMs = options.resolutionMs;
    this.#keptBuckets = Math.ceil(options.retentionMs / options.resolutionMs);
  }

  add(measurement: Measurement): void {
    const key = keyOf(measurement);
    const { summary: known, buckets = new Map<number, Map<number, number>>() } = this.#metrics.get(key) ?? {};
    this.#metrics.set(key, { namespace: measurement.namespace, summary: summarize(known, measurement), buckets });

    const number = Math.floor(measurement.timestamp / this.#resolutionMs);
    const bucket = buckets.get(number) ?? new Map<number, number>();
    addTo(bucket, measurement.values);
    if (buckets.has(number)) return;
    buckets.set(number, bucket);
    for (const old of buckets.keys()) if (old < number - this.#keptBuckets) buckets.delete(old);
  }

  /** What came from one time until before another; both are taken to the nearest bucket's begin. */
  between(id: MetricId, fromMs: number, untilMs: number): Values {
    const buckets = this.#metrics.get(keyOf(id))?.buckets;
    const found = new Map<number, number>();
    const until = Math.round(untilMs / this.#resolutionMs);
    for (let number = Math.round(fromMs / this.#resolutionMs); number < until; number += 1) {
      addTo(found, buckets?.get(number) ?? new Map());
    }
    return found;
  }

  /** Every metric, by namespace. */
  summary(): Record<string, MetricSummary[]> {
    const byNamespace = Object.groupBy(this.#metrics.values(), ({ namespace }) => namespace);
    return Object.fromEntries(
      Object.entries(byNamespace).map(([namespace, metrics = []]) => [
        namespace,
        metrics.map(({ summary }) => summary),
      ]),
    );
  }
}

function addTo(bucket: Map<number, number>, values: Values): void {
  for (const [value, count] of values) bucket.set(value, (bucket.get(value) ?? 0) + count);
}

const keyOf = ({ namespace, metricName, dimensions }: MetricId) =>
  JSON.stringify([
    namespace,
    metricName,
    ...Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1)),
  ]);

function summarize(known: MetricSummary | undefined, measurement: Measurement): MetricSummary {
  const { metricName, dimensions, values, unit = known?.unit ?? null } = measurement;
  const of = (name: string) => statistic(name, values) ?? 0;
  return {
    metricName,
    dimensions,
    unit,
    sampleCount: (known?.sampleCount ?? 0) + of('SampleCount'),
    sum: (known?.sum ?? 0) + of('Sum'),
    minimum: Math.min(known?.minimum ?? Number.POSITIVE_INFINITY, of('Minimum')),
    maximum: Math.max(known?.maximum ?? Number.NEGATIVE_INFINITY, of('Maximum')),
  };
}
