/**
 * Widgets of a CloudWatch dashboard as plain data.
 * Source: CloudWatch API reference, "Dashboard Body Structure and Syntax".
 */

/** How a metric is drawn. */
interface MetricOptions {
  readonly label?: string;
  /** For expressions to refer to. */
  readonly id?: string;
  /** Whether it is drawn, or only used by expressions; drawn unless told. */
  readonly visible?: boolean;
  /** Seconds. */
  readonly period?: number;
}

/** A line of a graph: `[namespace, name, dimension, value, …, options]`, or an expression. */
export type Metric = readonly (string | Readonly<Record<string, unknown>>)[];

/** A metric with a statistic. */
export function metric(
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  stat: string,
  options: MetricOptions = {},
): Metric {
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat, ...options }];
}

/** A metric math expression over the ids of its graph. */
export function math(id: string, expression: string, options: Omit<MetricOptions, 'id'> = {}): Metric {
  return [{ id, expression, ...options }];
}

/** Every metric that a SEARCH finds. */
export function search(expression: string): Metric {
  return [{ expression }];
}

interface Widget {
  readonly type: 'text' | 'alarm' | 'metric';
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Widgets side by side, all equally wide. */
export type Row = readonly Widget[];

export function textWidget(markdown: string): Widget {
  return { type: 'text', height: 2, properties: { markdown } };
}

/** The states of alarms, the last to have changed first. */
export function alarmWidget(title: string, alarmArns: readonly string[]): Widget {
  return { type: 'alarm', height: 4, properties: { title, alarms: alarmArns, sortBy: 'stateUpdatedTimestamp' } };
}

interface GraphOptions {
  readonly metrics: readonly Metric[];
  readonly stacked?: boolean;
  readonly periodSeconds?: number;
  /** A horizontal line, such as an alarm's threshold. */
  readonly line?: { readonly label: string; readonly value: number };
  /** Ends of the left axis; it begins at 0 unless told. */
  readonly range?: { readonly min: number; readonly max?: number };
}

export function graph(title: string, { metrics, stacked, periodSeconds, line, range }: GraphOptions): Widget {
  return {
    type: 'metric',
    height: 6,
    properties: {
      title,
      metrics,
      view: 'timeSeries',
      stacked: stacked === true,
      period: periodSeconds ?? 300,
      yAxis: { left: range ?? { min: 0 } },
      ...(line === undefined ? {} : { annotations: { horizontal: [line] } }),
    },
  };
}

const COLUMNS = 24;

/** Gives every widget its place on the grid of 24 columns; graphs show the region's metrics. Rows without widgets go. */
export function layOut(rows: readonly Row[], region: string): readonly Readonly<Record<string, unknown>>[] {
  let y = 0;
  return rows.flatMap((row) => {
    const top = y;
    const width = Math.floor(COLUMNS / row.length);
    y += Math.max(0, ...row.map(({ height }) => height));
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
