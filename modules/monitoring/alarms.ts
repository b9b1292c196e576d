import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { defined } from '../defined.ts';
import { languageOf, type Worded } from '../language.ts';
import type { StageSettings } from '../settings-schema.ts';
import { SynthError } from '../synth-error.ts';
import type { MetricMath, WatchedMetric } from './metrics.ts';

/** One alarm. Missing data never breach, unless they are what it tells: no traffic is no trouble. */
export interface AlarmSpec {
  /** Kind of alarm; the runbook has a heading `alarm-<id>`. */
  readonly id: string;
  /** Which function or queue, where there is an alarm for each. */
  readonly of?: string;
  /** HIGH: get up. MEDIUM: look at it today. LOW: look at it this week. */
  readonly priority: 'HIGH' | 'MEDIUM' | 'LOW';
  /** What has happened, in a sentence or two for a person who was asleep. */
  readonly meaning: Worded;
  readonly watched: WatchedMetric | MetricMath;
  /** Five minutes unless told. */
  readonly periodSeconds?: number;
  /** Which values of a period are bad. */
  readonly trigger: readonly [comparison: keyof typeof OPERATORS, threshold: number];
  /** How many periods out of how many must have one; one out of one unless told. */
  readonly breaching?: readonly [periods: number, outOf: number];
  /** Whether the end is told as well. */
  readonly tellsEnd?: boolean;
  /**
   * Whether it tells that there are no data, of what always has some. Then it goes to INSUFFICIENT_DATA, and that is told.
   * A new alarm is in that state until its first value, and only a change of state is told: so a stage that was just made
   * tells nobody, where missing data that breach would alarm before the first run. A later deploy leaves the state as it is.
   * (CloudWatch guide, "Configuring how CloudWatch alarms treat missing data"; API reference, PutMetricAlarm and MetricAlarm.)
   */
  readonly tellsSilence?: boolean;
}

/** What PutMetricAlarm takes (CloudWatch API reference). AWS would refuse more only when a deploy is half done. */
const DESCRIPTION_CHARACTERS = 1024;
const METRICS_OF_MATH = 10;

const OPERATORS = {
  '>': 'GreaterThanThreshold',
  '>=': 'GreaterThanOrEqualToThreshold',
  '<': 'LessThanThreshold',
} as const;
const FIVE_MINUTES = 300;

/**
 * Makes alarms named `<prefix>-<id>` or `<prefix>-<id>-<of>`, all of which tell the topic.
 * @returns their ARNs, in the order in which they were given
 * @throws SynthError when a description is longer, or metric math has more metrics, than CloudWatch takes
 */
export function makeAlarms(
  scope: Construct,
  { prefix, settings }: StageConfig,
  alarms: readonly AlarmSpec[],
  topicArn: string,
): readonly string[] {
  const parent = new Construct(scope, 'alarms');
  return alarms.map((spec) => {
    const { watched, periodSeconds: period = FIVE_MINUTES, breaching = [1, 1] } = spec;
    const [comparison, threshold] = spec.trigger;
    const name = spec.of === undefined ? spec.id : `${spec.id}-${spec.of}`;
    return new CloudwatchMetricAlarm(parent, name, {
      alarmName: `${prefix}-${name}`,
      alarmDescription: describeAlarm(spec, settings),
      ...('metrics' in watched ? mathOf(name, watched, period) : metricOf(watched, period)),
      comparisonOperator: OPERATORS[comparison],
      threshold,
      datapointsToAlarm: breaching[0],
      evaluationPeriods: breaching[1],
      treatMissingData: spec.tellsSilence === true ? 'missing' : 'notBreaching',
      alarmActions: [topicArn],
      ...(spec.tellsSilence === true ? { insufficientDataActions: [topicArn] } : {}),
      ...(spec.tellsEnd === true ? { okActions: [topicArn] } : {}),
    }).arn;
  });
}

/** What a person who is alerted reads first: priority, meaning, and where the runbook is. */
function describeAlarm({ id, priority, meaning }: AlarmSpec, settings: StageSettings): string {
  const runbook = `${settings.runbookUrl}#alarm-${id}`;
  const text = {
    en: `${priority} PRIORITY: ${meaning.en} Runbook: ${runbook}`,
    ja: `優先度${priority}：${meaning.ja}手順書：${runbook}`,
  }[languageOf(settings)];
  if (text.length <= DESCRIPTION_CHARACTERS) return text;
  throw new SynthError(
    `${id}: the description has ${text.length} characters, but CloudWatch takes ${DESCRIPTION_CHARACTERS}`,
  );
}

function metricOf({ namespace, name, dimensions, statistic }: WatchedMetric, period: number) {
  return {
    namespace,
    metricName: name,
    ...defined({ dimensions }),
    ...(/^p\d/.test(statistic) ? { extendedStatistic: statistic } : { statistic }),
    period,
  };
}

/**
 * The queries of an alarm on metric math.
 * @throws SynthError naming the alarm when there are more metrics than CloudWatch takes
 */
export function mathOf(name: string, { metrics, expressions, result, label }: MetricMath, period: number) {
  const { length } = Object.keys(metrics);
  if (length > METRICS_OF_MATH)
    throw new SynthError(`${name}: it watches ${length} metrics, but CloudWatch takes ${METRICS_OF_MATH}`);
  return {
    metricQuery: [
      ...Object.entries(metrics).map(([id, { namespace, name, dimensions, statistic }]) => ({
        id,
        metric: { namespace, metricName: name, ...defined({ dimensions }), stat: statistic, period },
      })),
      ...Object.entries(expressions).map(([id, expression]) => ({
        id,
        expression,
        ...(id === result ? { label, returnData: true } : {}),
      })),
    ],
  };
}
