import type { StageConfig } from '../config.ts';
import { defined } from '../defined.ts';
import { eventsOf } from '../workflow/event-rules.ts';
import type { LambdaName } from '../workflow/function-table.ts';
import { INDEXES } from '../workflow/tables.ts';

/** A metric of CloudWatch and how its values of a period become one. */
export interface WatchedMetric {
  /** Such as `AWS/States`. */
  readonly namespace: string;
  readonly name: string;
  /** Left out for a metric without dimensions. Values may be Terraform references. */
  readonly dimensions?: Record<string, string>;
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

/** What alarms and dashboard watch. */
export interface Watched {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** Id of the HTTP API. */
  readonly apiId: string;
}

type MetricOf = (name: string, statistic?: string) => WatchedMetric;

/** What `metricsOf` gives. */
export type Metrics = ReturnType<typeof metricsOf>;

/** The metrics of a stage, by who sends them; a sum unless told. */
export function metricsOf({ config, apiId }: Watched) {
  const { names, prefix } = config;
  const of =
    (namespace: string, dimensions?: Record<string, string>): MetricOf =>
    (name, statistic = 'Sum') => ({ namespace, name, statistic, ...defined({ dimensions }) });
  return {
    /** Our own, written by the functions. */
    own: of(names.metricsNamespace),
    /** Of Step Functions. With executions started on an alias they are still sent for the bare ARN too. */
    states: of('AWS/States', { StateMachineArn: names.stateMachine.arn }),
    /** Of a function, over all its versions. */
    lambda: (lambda: LambdaName) => of('AWS/Lambda', { FunctionName: names.functionName(lambda) }),
    /** Bedrock tells models apart by the id, of a model or profile, that is called. */
    bedrock: of('AWS/Bedrock', { ModelId: config.settings.modelId }),
    /** HTTP APIs name their metrics otherwise than REST APIs: `5xx`, by ApiId. */
    api: of('AWS/ApiGateway', { ApiId: apiId }),
    tables: (['goals', 'tasks', 'executions'] as const).map((id) => tableOf(id, names[id].name)),
    /** Throttled calls of an operation, of whoever in the account and region makes them. */
    statesCalls: (operation: string) => of('AWS/States', { APIName: operation })('ThrottledEvents'),
    /**
     * Of each rule, the events that reached neither their function nor a dead-letter queue, or their function not. Where there
     * are none, AWS may send no value. (EventBridge guide, "Monitoring EventBridge"; Lambda guide, "Types of metrics".)
     */
    events: eventsOf(names).map(({ id, name, handler, everySeconds }) => ({
      id,
      handler,
      everySeconds,
      lost: [
        of('AWS/Events', { RuleName: `${prefix}-${name}` })('FailedInvocations'),
        of('AWS/Events', { RuleName: `${prefix}-${name}` })('InvocationsFailedToBeSentToDlq'),
        of('AWS/Lambda', { FunctionName: names.functionName(handler) })('DestinationDeliveryFailures'),
      ],
    })),
    /** Messages that SNS gave up, by topic: of an e-mail subscription one a message. (SNS guide, "Amazon SNS metrics") */
    topics: (['alerts', 'notices'] as const).map((id) => ({
      id,
      name: names[id].name,
      failed: of('AWS/SNS', { TopicName: names[id].name })('NumberOfNotificationsFailed'),
    })),
    /** How many messages lie in each dead-letter queue. */
    queues: Object.entries(names.queues).map(([id, { name }]) => ({
      id,
      name,
      messages: of('AWS/SQS', { QueueName: name })('ApproximateNumberOfMessagesVisible', 'Maximum'),
    })),
  };
}

/**
 * Of a table: what was throttled, of itself and of each of its indexes, which its own figures leave out, though an index that
 * throttles holds up the table's writes; and what was consumed, with the indexes.
 * (DynamoDB guide, "DynamoDB metrics and dimensions", which says that zeros are not sent.)
 */
function tableOf(id: keyof typeof INDEXES, name: string) {
  const metric = (metricName: string, index?: string): WatchedMetric => ({
    namespace: 'AWS/DynamoDB',
    name: metricName,
    statistic: 'Sum',
    dimensions: { TableName: name, ...defined({ GlobalSecondaryIndexName: index }) },
  });
  return {
    id,
    name,
    consumed: [metric('ConsumedReadCapacityUnits'), metric('ConsumedWriteCapacityUnits')],
    throttled: [undefined, ...INDEXES[id]].flatMap((index) => [
      metric('ReadThrottleEvents', index),
      metric('WriteThrottleEvents', index),
    ]),
  };
}

/** Metrics with ids for metric math: `throttled1`, `throttled2`, … */
export function numbered(id: string, metrics: readonly WatchedMetric[]): Readonly<Record<string, WatchedMetric>> {
  return Object.fromEntries(metrics.map((metric, index) => [`${id}${index + 1}`, metric]));
}

const filled = (ids: readonly string[]) => ids.map((id) => `FILL(${id}, 0)`).join(' + ');

/** The sum of metrics, of which some or all may have no value. */
export function sumOf(metrics: readonly WatchedMetric[], label: string): MetricMath {
  const byId = numbered('part', metrics);
  return { metrics: byId, expressions: { all: filled(Object.keys(byId)) }, result: 'all', label };
}

/** What a share is reckoned from; all are sums of a period. */
interface Share {
  /** By id. `part`, `whole` and `rate` are taken. */
  readonly metrics: Readonly<Record<string, WatchedMetric>>;
  /** Ids of the metrics that together are the part, and of those that together are the whole. */
  readonly part: readonly string[];
  readonly whole: readonly string[];
  /** Below so many, of the part or of the whole, the share is taken for 0: one bad event of one is 100 %, and says nothing. */
  readonly atLeast: readonly [of: 'part' | 'whole', count: number];
  /** What the share is, for the graph. */
  readonly label: string;
}

/**
 * The share of a part in a whole, in percent: the same however much there is, where a count grows with the traffic. FILL,
 * because services may send no zeros, and a comparison with a missing value has no result. Nothing is divided by zero, whose
 * data point would be dropped: of nothing, the share is 0. (CloudWatch guide, "Using math expressions with CloudWatch metrics".)
 */
export function shareOf({ metrics, part, whole, atLeast: [counted, count], label }: Share): MetricMath {
  return {
    metrics,
    expressions: {
      part: filled(part),
      whole: filled(whole),
      rate: `IF(${counted} >= ${count}, IF(whole > 0, 100 * part / whole, 0), 0)`,
    },
    result: 'rate',
    label,
  };
}

/** A statistic of values of which there are at least so many in the period; 0 of fewer, which say too little. */
export function ofEnough(metric: MetricOf, name: string, statistic: string, atLeast: number): MetricMath {
  return {
    metrics: { value: metric(name, statistic), count: metric(name, 'SampleCount') },
    expressions: { judged: `IF(FILL(count, 0) >= ${atLeast}, value, 0)` },
    result: 'judged',
    label: `${name} (${statistic})`,
  };
}

/**
 * Failed executions in percent of those that ended. A partial success has succeeded, and one that a person cancelled
 * counts nowhere. None of fewer than 5 that ended: where little happens, one that fails is no sign of trouble in the stage, and
 * has its own message.
 * @param states gives a metric of Step Functions
 */
export const failureRate = (states: MetricOf): MetricMath =>
  shareOf({
    metrics: endedAt(states),
    part: ['failed', 'timedout'],
    whole: ['failed', 'timedout', 'succeeded'],
    atLeast: ['whole', 5],
    label: 'Failed executions in percent',
  });

/** Executions that ran into their time limit, in percent of those that ended. Each has its own message. */
export const timeoutRate = (states: MetricOf): MetricMath =>
  shareOf({
    metrics: endedAt(states),
    part: ['timedout'],
    whole: ['failed', 'timedout', 'succeeded'],
    atLeast: ['part', 3],
    label: 'Executions out of time in percent',
  });

const endedAt = (states: MetricOf) => ({
  failed: states('ExecutionsFailed'),
  timedout: states('ExecutionsTimedOut'),
  succeeded: states('ExecutionsSucceeded'),
});
