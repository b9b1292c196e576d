import type { Alarm, AlarmQuery, MetricStat } from '../aws/cloudwatch/alarm.ts';
import { ExpressionError, parseExpression } from '../aws/cloudwatch/expression.ts';
import { isStatistic } from '../aws/cloudwatch/statistics.ts';
import type { TerraformDocument } from './document.ts';
import { TerraformError } from './references.ts';
import { ALARM, type MetricAlarm } from './schemas.ts';

type Queries = NonNullable<MetricAlarm['metric_query']>;

/** CloudWatch keeps metrics by the minute; an alarm with another period has none to look at. */
const MINUTE = 60;

/**
 * The alarms of the document, for the local CloudWatch.
 * @throws TerraformError naming the alarm, and what of it the local CloudWatch does not know or AWS would refuse
 */
export function readAlarms(document: TerraformDocument): Alarm[] {
  return document.all(ALARM).map(([name, alarm]) => {
    const at = `${ALARM.type}.${name}`;
    const queries = readQueries(alarm, at);
    const returned = queries.filter(({ isReturned }) => isReturned);
    const [query] = returned;
    if (query === undefined || returned.length !== 1) {
      throw new TerraformError(`${at}: one metric_query must have return_data, not ${returned.length}`);
    }
    checkReferences(queries, at);
    const areEnabled = alarm.actions_enabled !== false;
    return {
      name: alarm.alarm_name,
      arn: document.attribute(ALARM, name, 'arn'),
      description: alarm.alarm_description,
      queries: queries.map(({ id, label, source }) => ({ id, label, source })),
      returned: query.id,
      comparison: alarm.comparison_operator,
      threshold: alarm.threshold,
      periodSeconds: onePeriod(queries, at),
      evaluationPeriods: alarm.evaluation_periods,
      datapointsToAlarm: readDatapoints(alarm, at),
      missingData: alarm.treat_missing_data ?? 'missing',
      actions: {
        OK: areEnabled ? (alarm.ok_actions ?? []) : [],
        ALARM: areEnabled ? (alarm.alarm_actions ?? []) : [],
        INSUFFICIENT_DATA: areEnabled ? (alarm.insufficient_data_actions ?? []) : [],
      },
    };
  });
}

interface Query extends AlarmQuery {
  readonly isReturned: boolean;
  readonly period: number | undefined;
}

function readQueries(alarm: MetricAlarm, at: string): Query[] {
  if (alarm.metric_query !== undefined && alarm.metric_query.length > 0) {
    return alarm.metric_query.map((query) => readQuery(query, `${at}: metric_query ${query.id}`));
  }
  const { namespace, metric_name, period, dimensions = {}, unit } = alarm;
  const name = alarm.statistic ?? alarm.extended_statistic;
  if (namespace === undefined || metric_name === undefined || period === undefined || name === undefined) {
    throw new TerraformError(`${at} lacks metric_query, or namespace, metric_name, period and a statistic`);
  }
  const metric = { namespace, metricName: metric_name, dimensions };
  return [{ id: 'm1', label: undefined, isReturned: true, period, source: metricStat(metric, name, unit, at) }];
}

function readQuery({ id, label, expression, metric, return_data = false }: Queries[number], at: string): Query {
  const query = { id, label, isReturned: return_data };
  if (expression !== undefined && metric === undefined) {
    return { ...query, period: undefined, source: { text: expression, expression: parse(expression, at) } };
  }
  if (expression !== undefined || metric === undefined) throw new TerraformError(`${at} needs expression or metric`);
  const { namespace, metric_name: metricName, dimensions = {}, stat, unit, period } = metric;
  return { ...query, period, source: metricStat({ namespace, metricName, dimensions }, stat, unit, at) };
}

function metricStat(metric: MetricStat['metric'], statistic: string, unit: string | undefined, at: string): MetricStat {
  if (!isStatistic(statistic)) throw new TerraformError(`${at}: the local CloudWatch knows no statistic ${statistic}`);
  return { metric, statistic, unit };
}

function parse(text: string, at: string) {
  try {
    return parseExpression(text);
  } catch (cause) {
    if (cause instanceof ExpressionError) throw new TerraformError(`${at}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** Every id that an expression refers to is there, and none leads back to itself. */
function checkReferences(queries: readonly Query[], at: string): void {
  const visit = (id: string, visited: readonly string[]): void => {
    if (visited.includes(id)) throw new TerraformError(`${at}: metric_query ${id} refers to itself`);
    const query = queries.find((each) => each.id === id);
    if (query === undefined) throw new TerraformError(`${at}: there is no metric_query ${id}`);
    if (!('expression' in query.source)) return;
    for (const next of query.source.expression.ids) visit(next, [...visited, id]);
  };
  for (const { id } of queries) visit(id, []);
}

function onePeriod(queries: readonly Query[], at: string): number {
  const periods = new Set(queries.map(({ period }) => period).filter((period) => period !== undefined));
  const [period] = periods;
  if (period === undefined || periods.size !== 1 || period % MINUTE !== 0) {
    throw new TerraformError(`${at}: the local CloudWatch needs one period of whole minutes for all of its metrics`);
  }
  return period;
}

function readDatapoints({ datapoints_to_alarm, evaluation_periods }: MetricAlarm, at: string): number {
  const datapoints = datapoints_to_alarm ?? evaluation_periods;
  if (datapoints <= evaluation_periods) return datapoints;
  throw new TerraformError(`${at}: datapoints_to_alarm must not be above evaluation_periods`);
}
