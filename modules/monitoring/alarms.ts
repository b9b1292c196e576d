import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';

/** A metric of CloudWatch and how its values of a period become one. */
export interface WatchedMetric {
  /** Such as `AWS/States`. */
  readonly namespace: string;
  readonly name: string;
  /** Left out for a metric without dimensions. Values may be Terraform references. */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `Maximum`, `Minimum`, `SampleCount`, or a percentile such as `p99`. */
  readonly statistic: string;
}

/** Metric math. Ids begin with a small letter; an expression may use the ids of metrics and of other expressions. */
export interface MetricMath {
  readonly metrics: Readonly<Record<string, WatchedMetric>>;
  readonly expressions: Readonly<Record<string, string>>;
  /** The expression whose value is compared with the threshold. */
  readonly result: string;
  /** What the value is, for the graph. */
  readonly label: string;
}

/** HIGH: get up. MEDIUM: look at it today. LOW: look at it this week. */
export type Priority = 'HIGH' | 'MEDIUM' | 'LOW';

/** One alarm. Missing data never breach: no traffic is no trouble. */
export interface AlarmSpec {
  /** Kind of alarm; the runbook has a heading `alarm-<id>`. */
  readonly id: string;
  /** Which function or queue, where there is an alarm for each. */
  readonly of?: string;
  readonly priority: Priority;
  /** What has happened, in a sentence or two for a person who was asleep. */
  readonly meaning: string;
  readonly watched: WatchedMetric | MetricMath;
  readonly periodSeconds: number;
  readonly comparison: '>' | '>=';
  readonly threshold: number;
  /** How many periods out of how many must breach; one out of one unless told. */
  readonly breaching?: readonly [periods: number, outOf: number];
  /** Whether the end is told as well. */
  readonly tellsEnd?: boolean;
}

/** What all alarms of a stage have in common. */
export interface AlarmsProps {
  /** Starts the alarms' names. */
  readonly prefix: string;
  readonly alarms: readonly AlarmSpec[];
  /** ARN of the topic that hears of them. */
  readonly topicArn: string;
  /** URL of the page with a heading `alarm-<id>` for each. */
  readonly runbookUrl: string;
}

/**
 * Limits of PutMetricAlarm (CloudWatch API reference), the metrics' from "Limits that apply to alarms based on metric
 * math expressions". AWS would refuse what is beyond them only when a deploy is half done.
 */
export const ALARM_LIMITS = {
  metrics: 10,
  expressions: 10,
  descriptionCharacters: 1024,
  windowSeconds: 86_400,
} as const;

const OPERATORS = { '>': 'GreaterThanThreshold', '>=': 'GreaterThanOrEqualToThreshold' } as const;

/** Alarms named `<prefix>-<id>` or `<prefix>-<id>-<of>`, all of which tell the topic. */
export class Alarms extends Construct {
  /** In the order in which they were given. */
  readonly alarms: readonly CloudwatchMetricAlarm[];

  /** @throws Error when an alarm is beyond what CloudWatch takes */
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.alarms = props.alarms.map((spec) => {
      const config = configOf(spec, props);
      checkLimits(spec, config);
      return new CloudwatchMetricAlarm(this, nameOf(spec), config);
    });
  }
}

/** `failure-rate`, `lambda-errors-goals` */
function nameOf({ id, of }: AlarmSpec): string {
  return of === undefined ? id : `${id}-${of}`;
}

function configOf(spec: AlarmSpec, { prefix, topicArn, runbookUrl }: AlarmsProps): CloudwatchMetricAlarmConfig {
  const [datapointsToAlarm, evaluationPeriods] = spec.breaching ?? [1, 1];
  return {
    alarmName: `${prefix}-${nameOf(spec)}`,
    alarmDescription: `${spec.priority} PRIORITY: ${spec.meaning} Runbook: ${runbookUrl}#alarm-${spec.id}`,
    ...('metrics' in spec.watched
      ? mathOf(spec.watched, spec.periodSeconds)
      : metricOf(spec.watched, spec.periodSeconds)),
    comparisonOperator: OPERATORS[spec.comparison],
    threshold: spec.threshold,
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData: 'notBreaching',
    alarmActions: [topicArn],
    ...(spec.tellsEnd === true ? { okActions: [topicArn] } : {}),
  };
}

type Watched = Partial<CloudwatchMetricAlarmConfig>;

function metricOf({ namespace, name, dimensions, statistic }: WatchedMetric, period: number): Watched {
  return {
    namespace,
    metricName: name,
    ...(dimensions === undefined ? {} : { dimensions: { ...dimensions } }),
    ...(/^p\d/.test(statistic) ? { extendedStatistic: statistic } : { statistic }),
    period,
  };
}

function mathOf({ metrics, expressions, result, label }: MetricMath, period: number): Watched {
  const queries: CloudwatchMetricAlarmMetricQuery[] = Object.entries(metrics).map(([id, metric]) => ({
    id,
    metric: {
      namespace: metric.namespace,
      metricName: metric.name,
      ...(metric.dimensions === undefined ? {} : { dimensions: { ...metric.dimensions } }),
      stat: metric.statistic,
      period,
    },
  }));
  for (const [id, expression] of Object.entries(expressions)) {
    queries.push({ id, expression, ...(id === result ? { label, returnData: true } : {}) });
  }
  return { metricQuery: queries };
}

function checkLimits({ watched, periodSeconds }: AlarmSpec, config: CloudwatchMetricAlarmConfig): void {
  const math = 'metrics' in watched ? watched : undefined;
  const found: Record<keyof typeof ALARM_LIMITS, number> = {
    metrics: Object.keys(math?.metrics ?? {}).length,
    expressions: Object.keys(math?.expressions ?? {}).length,
    descriptionCharacters: config.alarmDescription?.length ?? 0,
    windowSeconds: periodSeconds * config.evaluationPeriods,
  };
  for (const [limit, maximum] of Object.entries(ALARM_LIMITS)) {
    const value = Object.entries(found).find(([name]) => name === limit)?.[1] ?? 0;
    if (value > maximum) throw new Error(`${config.alarmName}: ${limit} is ${value}, but must be at most ${maximum}`);
  }
}
