import type { StageConfig } from '../config.ts';
import { defined } from '../defined.ts';
import type { LambdaName } from '../workflow/function-table.ts';

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
  const { names } = config;
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
    table: (name: string) => of('AWS/DynamoDB', { TableName: name }),
    /** How many messages lie in each dead-letter queue. */
    queues: Object.entries(names.queues).map(([id, { name }]) => ({
      id,
      name,
      messages: of('AWS/SQS', { QueueName: name })('ApproximateNumberOfMessagesVisible', 'Maximum'),
    })),
  };
}

/**
 * Failed executions in percent of those that ended. A partial success has succeeded, and one that a person cancelled
 * counts nowhere. None of fewer than 5 that ended: where little happens, one that fails is no sign of trouble in the stage, and
 * has its own message. FILL, because an operation with a missing value has none, and Step Functions may send no zeros.
 * @param states gives a metric of Step Functions
 */
export function failureRate(states: MetricOf): MetricMath {
  return {
    metrics: {
      failed: states('ExecutionsFailed'),
      timedout: states('ExecutionsTimedOut'),
      succeeded: states('ExecutionsSucceeded'),
    },
    expressions: {
      bad: 'FILL(failed, 0) + FILL(timedout, 0)',
      ended: 'bad + FILL(succeeded, 0)',
      rate: 'IF(ended >= 5, 100 * bad / ended, 0)',
    },
    result: 'rate',
    label: 'Failed executions in percent',
  };
}
