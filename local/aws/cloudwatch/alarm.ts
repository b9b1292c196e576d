import type { Expression, Value } from './expression.ts';
import type { MetricId, MetricStore } from './metric-store.ts';
import { statistic } from './statistics.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What an alarm does with periods that have no data. */
export const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

/** How a comparison reads in a reason, and what it does. */
export const COMPARISONS = {
  GreaterThanOrEqualToThreshold: ['greater than or equal to', (value: number, threshold: number) => value >= threshold],
  GreaterThanThreshold: ['greater than', (value: number, threshold: number) => value > threshold],
  LessThanThreshold: ['less than', (value: number, threshold: number) => value < threshold],
} as const;

/** The one metric of an alarm with the statistic of it that is looked at, or a part of its metric math. */
export interface AlarmQuery {
  readonly id: string;
  readonly source: { readonly metric: MetricId; readonly statistic: string } | { readonly expression: Expression };
}

/** An `aws_cloudwatch_metric_alarm`. */
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
  readonly missingData: (typeof MISSING_DATA)[number];
  /** ARNs of topics by the state that is entered. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
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
  readonly state: AlarmState;
  /** As CloudWatch says it, without what it says of missing data. */
  readonly reason: string;
}

type Rule = Pick<Alarm, 'comparison' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm' | 'missingData'>;

/**
 * Evaluates an alarm as CloudWatch does. Source: CloudWatch guide, "Configuring how CloudWatch alarms treat missing
 * data", whose tables are tests of this function.
 * @param datapoints of the whole evaluation range, oldest first
 * @returns undefined where the alarm stays in the state that it is in
 */
export function evaluate(rule: Rule, datapoints: readonly Datapoint[]): Verdict | undefined {
  const { comparison, threshold, evaluationPeriods } = rule;
  const [words, compare] = COMPARISONS[comparison];
  const present = datapoints.filter(({ value }) => value !== undefined).slice(-evaluationPeriods);
  const breaching = present.filter(({ value }) => compare(value ?? Number.NaN, threshold));
  const [oldest] = present;
  const oldestAge = oldest === undefined ? 0 : datapoints.length - datapoints.indexOf(oldest);
  const state = stateOf(rule, { present: present.length, breaching: breaching.length, oldestAge });
  if (state === undefined) return undefined;
  if (state === 'INSUFFICIENT_DATA') {
    const unknown = `${evaluationPeriods} ${evaluationPeriods === 1 ? 'datapoint was' : 'datapoints were'} unknown`;
    return { state, reason: `Insufficient Data: ${unknown}.` };
  }
  const shown = state === 'ALARM' ? breaching : present.filter((datapoint) => !breaching.includes(datapoint));
  if (shown.length === 0) return { state, reason: 'Threshold Crossed: no datapoints were received.' };
  const list = shown.toReversed().map(({ start, value }) => `${decimal(value ?? 0)} (${shortDate(start)})`);
  const were = `${shown.length === 1 ? 'was' : 'were'}${state === 'OK' ? ' not' : ''}`;
  const compared = `[${list.join(', ')}] ${were} ${words} the threshold (${decimal(threshold)})`;
  const reason = `Threshold Crossed: ${shown.length} out of the last ${evaluationPeriods} datapoints ${compared}.`;
  return { state, reason };
}

/**
 * The state that follows from how many of the latest datapoints there are, how many of these breach, and how many periods ago
 * the oldest of them began. Missing ones are filled in with what the alarm says of them, up to the evaluation periods. Where it
 * says nothing of them (`missing`), and all that there is breaches, it alarms only if that has lasted for long enough.
 */
function stateOf(
  { evaluationPeriods, datapointsToAlarm, missingData }: Rule,
  { present, breaching, oldestAge }: Readonly<Record<'present' | 'breaching' | 'oldestAge', number>>,
): AlarmState | undefined {
  const filledIn = missingData === 'breaching' ? evaluationPeriods - present : 0;
  if (breaching + filledIn >= datapointsToAlarm) return 'ALARM';
  const isFilledIn = missingData === 'breaching' || missingData === 'notBreaching';
  if (isFilledIn || present === evaluationPeriods || breaching < present) return 'OK';
  if (missingData === 'ignore') return undefined;
  return breaching > 0 && oldestAge >= datapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
}

/** CloudWatch shows numbers as Java does: 10 is 10.0. */
export const decimal = (value: number) =>
  Number.isInteger(value) && Math.abs(value) < 1e7 ? `${value}.0` : String(value);

/** `24/11/25 19:05:00` */
function shortDate(milliseconds: number): string {
  const [date = '', time = ''] = new Date(milliseconds).toISOString().split('T');
  return `${date.slice(2).split('-').reverse().join('/')} ${time.slice(0, 8)}`;
}
