import { invalidCombination, invalidValue, missingParameter } from './errors.ts';
import type { Measurement } from './metric-store.ts';
import { type StatisticSet, statisticsOf } from './statistics.ts';

/** Limits of PutMetricData (CloudWatch API reference: PutMetricData, MetricDatum, Dimension). */
const MAXIMUM_METRICS = 1000;
const MAXIMUM_VALUES = 150;
const MAXIMUM_DIMENSIONS = 30;
const MAXIMUM_NAME = 255;
const MAXIMUM_DIMENSION_VALUE = 1024;
const LARGEST_VALUE = 2 ** 360;
const OLDEST_MS = 14 * 24 * 3600 * 1000;
const FURTHEST_MS = 2 * 3600 * 1000;

const RATES = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'];
const BIT_RATES = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'];
const UNITS: ReadonlySet<string> = new Set([
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'None', 'Count/Second'],
  ...[...RATES, ...BIT_RATES].flatMap((unit) => [unit, `${unit}/Second`]),
]);

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks a PutMetricData request as CloudWatch does.
 * @param body the request as parsed JSON: timestamps are seconds since the epoch
 * @param now milliseconds since the epoch; stands in for a timestamp that is not given
 * @throws CloudWatchError naming the parameter as CloudWatch does: `MetricData.member.1.MetricName`
 */
export function readPutMetricData(body: unknown, now: number): Measurement[] {
  const { Namespace, MetricData, ...others } = fieldsOf(body, 'The request');
  refuseOthers(others, '');
  const namespace = readNamespace(Namespace);
  if (MetricData === undefined || MetricData === null) throw missingParameter('MetricData');
  const data = listOf(MetricData, 'MetricData');
  if (data.length === 0) throw missingParameter('MetricData');
  if (data.length > MAXIMUM_METRICS) {
    throw invalidValue(`The collection MetricData must not have a size greater than ${MAXIMUM_METRICS}.`);
  }
  return data.map((datum, index) => readDatum(datum, namespace, `MetricData.member.${index + 1}.`, now));
}

function readNamespace(value: unknown): string {
  const namespace = readName(value, 'Namespace', MAXIMUM_NAME);
  if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
  if (namespace.startsWith(':')) throw invalidValue('The parameter Namespace must not begin with a colon.');
  return namespace;
}

function readDatum(value: unknown, namespace: string, at: string, now: number): Measurement {
  const datum = fieldsOf(value, at.slice(0, -1));
  const { MetricName, Dimensions, Timestamp, Unit, StorageResolution, ...rest } = datum;
  const { Value, Values, Counts, StatisticValues, ...others } = rest;
  refuseOthers(others, at);
  if (Unit !== undefined && (typeof Unit !== 'string' || !UNITS.has(Unit))) {
    throw invalidValue(`The parameter ${at}Unit must be a value in the set [ ${[...UNITS].join(', ')} ].`);
  }
  if (StorageResolution !== undefined && StorageResolution !== 1 && StorageResolution !== 60) {
    throw invalidValue(`The parameter ${at}StorageResolution must be 1 or 60.`);
  }
  return {
    namespace,
    metricName: readName(MetricName, `${at}MetricName`, MAXIMUM_NAME),
    dimensions: readDimensions(Dimensions, at),
    timestamp: readTimestamp(Timestamp, `${at}Timestamp`, now),
    statistics: readStatistics(rest, at),
    ...(Unit === undefined ? {} : { unit: Unit }),
  };
}

function readDimensions(value: unknown, at: string): Record<string, string> {
  if (value === undefined) return {};
  const dimensions = listOf(value, `${at}Dimensions`);
  if (dimensions.length > MAXIMUM_DIMENSIONS) {
    throw invalidValue(`The collection ${at}Dimensions must not have a size greater than ${MAXIMUM_DIMENSIONS}.`);
  }
  const entries = dimensions.map((dimension, index) => {
    const where = `${at}Dimensions.member.${index + 1}.`;
    const { Name, Value } = fieldsOf(dimension, where.slice(0, -1));
    const name = readName(Name, `${where}Name`, MAXIMUM_NAME);
    if (name.startsWith(':')) throw invalidValue(`The parameter ${where}Name must not begin with a colon.`);
    return [name, readName(Value, `${where}Value`, MAXIMUM_DIMENSION_VALUE)] as const;
  });
  if (new Set(entries.map(([name]) => name)).size < entries.length) {
    throw invalidValue(`The parameter ${at}Dimensions must not hold a dimension twice.`);
  }
  return Object.fromEntries(entries);
}

/** Whatever CloudWatch can show: ASCII with something in it besides spaces. */
function readName(value: unknown, at: string, maximum: number): string {
  if (value === undefined || value === null || value === '') throw missingParameter(at);
  if (typeof value !== 'string' || value.length > maximum) {
    throw invalidValue(`The parameter ${at} must be a text of 1 to ${maximum} characters.`);
  }
  if (!/^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(value)) {
    throw invalidValue(`The parameter ${at} must contain only ASCII characters, and one that is no space.`);
  }
  return value;
}

function readTimestamp(value: unknown, at: string, now: number): number {
  if (value === undefined) return now;
  const timestamp = typeof value === 'number' ? value * 1000 : Number.NaN;
  // A timestamp of exactly now, in whole seconds, may seem a little early.
  if (!(timestamp > now - OLDEST_MS && timestamp < now + FURTHEST_MS)) {
    throw invalidValue(
      `The parameter ${at} must be a date not more than two weeks in the past and two hours in the future.`,
    );
  }
  return timestamp;
}

function readStatistics({ Value, Values, Counts, StatisticValues }: Fields, at: string): StatisticSet {
  const given = [Value, Values, StatisticValues].filter((value) => value !== undefined);
  if (given.length > 1 || (Counts !== undefined && Values === undefined)) {
    throw invalidCombination(
      `The parameters ${at}Value, ${at}Values and ${at}StatisticValues are mutually exclusive, and ${at}Counts goes with Values.`,
    );
  }
  if (Value !== undefined) return statisticsOf([[readNumber(Value, `${at}Value`), 1]]);
  if (Values !== undefined) return readValues(Values, Counts, at);
  if (StatisticValues !== undefined) return readStatisticSet(StatisticValues, `${at}StatisticValues.`);
  throw missingParameter(`${at}Value`);
}

function readValues(valuesGiven: unknown, countsGiven: unknown, at: string): StatisticSet {
  const values = listOf(valuesGiven, `${at}Values`);
  const counts = countsGiven === undefined ? values.map(() => 1) : listOf(countsGiven, `${at}Counts`);
  if (values.length === 0) throw missingParameter(`${at}Values`);
  if (values.length > MAXIMUM_VALUES) {
    throw invalidValue(`The collection ${at}Values must not have a size greater than ${MAXIMUM_VALUES}.`);
  }
  if (counts.length !== values.length) {
    throw invalidValue(`The parameters ${at}Values and ${at}Counts must be of the same size.`);
  }
  const pairs = values.map((value, index) => {
    const count = readNumber(counts[index], `${at}Counts.member.${index + 1}`);
    if (count <= 0) throw invalidValue(`The parameter ${at}Counts.member.${index + 1} must be greater than 0.`);
    return [readNumber(value, `${at}Values.member.${index + 1}`), count] as const;
  });
  return statisticsOf(pairs);
}

function readStatisticSet(value: unknown, at: string): StatisticSet {
  const { SampleCount, Sum, Minimum, Maximum, ...others } = fieldsOf(value, at.slice(0, -1));
  refuseOthers(others, at);
  const set = {
    sampleCount: readNumber(SampleCount, `${at}SampleCount`),
    sum: readNumber(Sum, `${at}Sum`),
    minimum: readNumber(Minimum, `${at}Minimum`),
    maximum: readNumber(Maximum, `${at}Maximum`),
    counts: undefined,
  };
  if (set.sampleCount <= 0) throw invalidValue(`The parameter ${at}SampleCount must be greater than 0.`);
  if (set.minimum > set.maximum) throw invalidValue(`The parameter ${at}Minimum must not be above Maximum.`);
  return set;
}

/** NaN and the infinities cross the wire as texts, and CloudWatch takes none of them. */
function readNumber(value: unknown, at: string): number {
  if (value === undefined || value === null) throw missingParameter(at);
  if (typeof value !== 'number' || !(Math.abs(value) <= LARGEST_VALUE)) {
    throw invalidValue(`The value ${JSON.stringify(value)} for parameter ${at} is invalid.`);
  }
  return value;
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidValue(`The parameter ${at} must be a list.`);
  return value;
}

function fieldsOf(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidValue(`${at} must be a structure.`);
  }
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && item !== undefined));
}

/** The local CloudWatch must not take what it would then ignore. */
function refuseOthers(others: Fields, at: string): void {
  const [first] = Object.keys(others);
  if (first !== undefined) throw invalidValue(`The local CloudWatch does not know the parameter ${at}${first}.`);
}
