import type { Expression, Value } from './expression.ts';
import type { MetricId, MetricStore } from './metric-store.ts';
import { statistic } from './statistics.ts';

export type AlarmState = Verdict['state'] | 'INSUFFICIENT_DATA';

/** How a comparison reads in a reason, and what it does. */
export const COMPARISONS = {
  GreaterThanOrEqualToThreshold: ['greater than or equal to', (value: number, threshold: number) => value >= threshold],
  GreaterThanThreshold: ['greater than', (value: number, threshold: number) => value > threshold],
} as const;

/** The one metric of an alarm with the statistic of it that is looked at, or a part of its metric math. */
export interface AlarmQuery {
  readonly id: string;
  readonly source: { readonly metric: MetricId; readonly statistic: string } | { readonly expression: Expression };
}

/** An `aws_cloudwatch_metric_alarm` whose missing data are not breaching. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly queries: readonly AlarmQuery[];
  /** The id of the query whose value is compared. */
  readonly returned: string;
  readonly comparison: keyof typeof COMPARISONS;
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** ARNs of topics by the state that is entered. */
  readonly actions: Readonly<Record<Verdict['state'], readonly string[]>>;
}

/** One period's value. */
export interface Datapoint {
  /** Where the period begins, in milliseconds since the epoch. */
  readonly start: number;
  readonly value: Value;
}

/**
 * CloudWatch looks further back than the evaluation periods, in case that some have no data: its guide does not say how
 * far ("the exact number depends on …"), its examples show two periods more.
 */
const FURTHER_PERIODS = 2;

/** How far back an alarm looks, in periods. */
export const evaluationRange = ({ evaluationPeriods }: Pick<Alarm, 'evaluationPeriods'>) =>
  evaluationPeriods + FURTHER_PERIODS;

/**
 * The datapoints that an alarm is evaluated with, oldest first. Their periods end one after the other at `endMs`: the
 * window slides, which is what CloudWatch does unless an alarm asks for a wall clock window.
 * @param periodMs the alarm's period on this machine's clock
 */
export function datapointsOf(
  alarm: Pick<Alarm, 'queries' | 'returned' | 'evaluationPeriods'>,
  store: Pick<MetricStore, 'between'>,
  endMs: number,
  periodMs: number,
): Datapoint[] {
  return Array.from({ length: evaluationRange(alarm) }, (_, index) => {
    const start = endMs - (evaluationRange(alarm) - index) * periodMs;
    return { start, value: lookUp(alarm.returned) };

    function lookUp(id: string): Value {
      const source = alarm.queries.find((query) => query.id === id)?.source;
      if (source === undefined) return undefined;
      if ('expression' in source) return source.expression.compute(lookUp);
      return statistic(source.statistic, store.between(source.metric, start, start + periodMs));
    }
  });
}

/** The state that an alarm is in, and why. */
export interface Verdict {
  readonly state: 'OK' | 'ALARM';
  /** As CloudWatch says it, without what it says of missing data. */
  readonly reason: string;
}

type Rule = Pick<Alarm, 'comparison' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm'>;

/**
 * Evaluates an alarm as CloudWatch does. Source: CloudWatch guide, "Configuring how CloudWatch alarms treat missing
 * data", whose tables are tests of this function, as far as missing data are not breaching.
 * @param datapoints of the whole evaluation range, oldest first
 */
export function evaluate(rule: Rule, datapoints: readonly Datapoint[]): Verdict {
  const { comparison, threshold, evaluationPeriods, datapointsToAlarm } = rule;
  const [words, compare] = COMPARISONS[comparison];
  const present = datapoints.filter(({ value }) => value !== undefined).slice(-evaluationPeriods);
  const breaching = present.filter(({ value }) => compare(value ?? Number.NaN, threshold));
  const state = breaching.length >= datapointsToAlarm ? 'ALARM' : 'OK';
  const shown = state === 'ALARM' ? breaching : present.filter((datapoint) => !breaching.includes(datapoint));
  if (shown.length === 0) return { state, reason: 'Threshold Crossed: no datapoints were received.' };
  const list = shown.toReversed().map(({ start, value }) => `${decimal(value ?? 0)} (${shortDate(start)})`);
  const were = `${shown.length === 1 ? 'was' : 'were'}${state === 'OK' ? ' not' : ''}`;
  const compared = `[${list.join(', ')}] ${were} ${words} the threshold (${decimal(threshold)})`;
  const reason = `Threshold Crossed: ${shown.length} out of the last ${evaluationPeriods} datapoints ${compared}.`;
  return { state, reason };
}

/** CloudWatch shows numbers as Java does: 10 is 10.0. */
export const decimal = (value: number) =>
  Number.isInteger(value) && Math.abs(value) < 1e7 ? `${value}.0` : String(value);

/** `24/11/25 19:05:00` */
function shortDate(milliseconds: number): string {
  const [date = '', time = ''] = new Date(milliseconds).toISOString().split('T');
  return `${date.slice(2).split('-').reverse().join('/')} ${time.slice(0, 8)}`;
}
