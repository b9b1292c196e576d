import { type Alarm, type AlarmQuery, COMPARISONS, MISSING_DATA } from '../aws/cloudwatch/alarm.ts';
import { parseExpression } from '../aws/cloudwatch/expression.ts';
import { isStatistic } from '../aws/cloudwatch/statistics.ts';
import { type Block, type TerraformDocument, TerraformError } from './document.ts';

const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>) =>
  Object.keys(record).filter((key): key is Key => key in record);

/** PutMetricAlarm takes so many metrics and so many expressions (CloudWatch API reference, MetricDataQuery). */
const QUERIES_OF_A_KIND = 10;

/**
 * The alarms of the document, for the local CloudWatch.
 * @throws TerraformError naming the alarm, and what of it the local CloudWatch does not know
 */
export function readAlarms(document: TerraformDocument): Alarm[] {
  return document.all('aws_cloudwatch_metric_alarm').map((alarm) => {
    const maths = alarm.blocks('metric_query');
    const queries = maths.length > 0 ? maths.map(readQuery) : [readMetric(alarm, 'm1')];
    for (const { id, source } of queries) {
      const ids = 'expression' in source ? [...source.expression.ids] : [];
      const unknown = ids.find((each) => each === id || !queries.some((query) => query.id === each));
      if (unknown !== undefined) throw new TerraformError(`${alarm.at}: ${id} refers to ${unknown}`);
    }
    const evaluationPeriods = alarm.number('evaluation_periods');
    return {
      name: alarm.text('alarm_name'),
      arn: alarm.attribute('arn'),
      description: alarm.optionalText('alarm_description'),
      queries,
      returned: maths.length > 0 ? readReturned(alarm, maths) : 'm1',
      comparison: alarm.word('comparison_operator', keysOf(COMPARISONS)),
      threshold: alarm.number('threshold'),
      periodSeconds: readPeriod(maths.length > 0 ? maths.flatMap((query) => query.blocks('metric')) : [alarm]),
      evaluationPeriods,
      datapointsToAlarm: alarm.number('datapoints_to_alarm', evaluationPeriods),
      missingData: readMissingData(alarm, queries),
      actions: {
        OK: alarm.texts('ok_actions'),
        ALARM: alarm.texts('alarm_actions'),
        INSUFFICIENT_DATA: alarm.texts('insufficient_data_actions'),
      },
    };
  });
}

/**
 * The id of the query whose value is compared.
 * @throws TerraformError when CloudWatch would refuse the queries together
 */
function readReturned(alarm: Block, maths: readonly Block[]): string {
  for (const kind of ['metric', 'expression']) {
    const { length } = maths.filter((query) => query.has(kind));
    if (length > QUERIES_OF_A_KIND)
      throw new TerraformError(
        `${alarm.at}: CloudWatch takes ${QUERIES_OF_A_KIND} queries with ${kind}, not ${length}`,
      );
  }
  const [returned, ...others] = maths.filter((query) => query.flag('return_data'));
  if (returned !== undefined && others.length === 0) return returned.text('id');
  throw new TerraformError(`${alarm.at} needs one metric_query that returns data`);
}

function readQuery(query: Block): AlarmQuery {
  const id = query.text('id');
  if (!query.has('expression')) return readMetric(query.block('metric'), id);
  try {
    return { id, source: { expression: parseExpression(query.text('expression')) } };
  } catch (cause) {
    throw new TerraformError(`${query.at}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** Alarms on metrics of DynamoDB ignore missing data, whatever they say of them (CloudWatch API reference, PutMetricAlarm). */
function readMissingData(alarm: Block, queries: readonly AlarmQuery[]): Alarm['missingData'] {
  const wanted = alarm.word('treat_missing_data', MISSING_DATA);
  const isIgnored = queries.some(({ source }) => 'metric' in source && source.metric.namespace === 'AWS/DynamoDB');
  return isIgnored ? 'ignore' : wanted;
}

/** An alarm on one metric says it in the alarm's own arguments, metric math in a block of its own, with other names. */
function readMetric(metric: Block, id: string): AlarmQuery {
  const argument = ['stat', 'statistic', 'extended_statistic'].find((each) => metric.has(each)) ?? 'statistic';
  const statistic = metric.text(argument);
  if (!isStatistic(statistic))
    throw new TerraformError(`${metric.at}: the local CloudWatch knows no statistic ${statistic}`);
  const [namespace, metricName] = [metric.text('namespace'), metric.text('metric_name')];
  const source = { metric: { namespace, metricName, dimensions: metric.map('dimensions') }, statistic };
  return { id, source };
}

/** CloudWatch keeps metrics by the minute; an alarm with another period has none to look at. */
function readPeriod(metrics: readonly Block[]): number {
  const [period = 0, ...others] = new Set(metrics.map((metric) => metric.number('period')));
  if (period > 0 && period % 60 === 0 && others.length === 0) return period;
  throw new TerraformError(`${metrics[0]?.at}: the local CloudWatch needs one period of whole minutes for its metrics`);
}
