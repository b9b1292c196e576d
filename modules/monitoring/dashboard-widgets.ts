import type { WatchedMetric } from './metrics.ts';

/**
 * Widgets of a CloudWatch dashboard as plain data.
 * Source: CloudWatch API reference, "Dashboard Body Structure and Syntax".
 */

/** A line of a graph: `[namespace, name, dimension, value, …, options]`, or an expression. */
type Line = readonly (string | Readonly<Record<string, unknown>>)[];

/** A metric as a line. Options are a label, an id for expressions, `visible: false` for what they alone use, a period in seconds. */
export function line(
  { namespace, name, dimensions = {}, statistic: stat }: WatchedMetric,
  options: Readonly<Record<string, unknown>> = {},
): Line {
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat, ...options }];
}

/** A metric by several statistics, each a line. */
export function lines(metric: (statistic: string) => WatchedMetric, ...statistics: readonly string[]): readonly Line[] {
  return statistics.map((statistic) => line(metric(statistic), { label: statistic }));
}

interface Widget {
  readonly type: 'text' | 'alarm' | 'metric';
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Widgets side by side, all equally wide. */
export type Row = readonly Widget[];

interface GraphOptions {
  readonly stacked?: boolean;
  /** Five minutes unless told. */
  readonly periodSeconds?: number;
  /** A horizontal line, such as an alarm's threshold. */
  readonly limit?: { readonly label: string; readonly value: number };
  /** End of the left axis, which begins at 0. */
  readonly max?: number;
}

export function graph(title: string, metrics: readonly Line[], options: GraphOptions = {}): Widget {
  const { stacked = false, periodSeconds: period = 300, limit, max } = options;
  return {
    type: 'metric',
    height: 6,
    properties: {
      title,
      metrics,
      view: 'timeSeries',
      stacked,
      period,
      yAxis: { left: { min: 0, max } },
      ...(limit === undefined ? {} : { annotations: { horizontal: [limit] } }),
    },
  };
}

const COLUMNS = 24;

/** Gives every widget its place on the grid of 24 columns; graphs show the region's metrics. */
export function layOut(rows: readonly Row[], region: string): readonly Readonly<Record<string, unknown>>[] {
  let y = 0;
  return rows.flatMap((row) => {
    const top = y;
    const width = Math.floor(COLUMNS / row.length);
    y += Math.max(...row.map(({ height }) => height));
    return row.map(({ type, height, properties }, index) => ({
      type,
      x: index * width,
      y: top,
      width,
      height,
      properties: type === 'metric' ? { ...properties, region } : properties,
    }));
  });
}
