import { FUNCTION_OF_PLACEHOLDER } from '../../statemachine/definition.ts';
import type { StageConfig } from '../config.ts';
import type { Names } from '../names.ts';
import { LAMBDAS, type LambdaName } from '../workflow/function-table.ts';
import { generateTasksConcurrency } from '../workflow/lambdas.ts';
import type { AlarmSpec, MetricMath, WatchedMetric } from './alarms.ts';

/** What alarms and dashboard watch. */
export interface Watched {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** What the stage's resources are called. */
  readonly names: Names;
  /** Id of the HTTP API. */
  readonly apiId: string;
}

/** Numbers that alarms and the dashboard's lines share. */
export const THRESHOLDS = {
  /** Percent of the executions that ended (requirement 8). */
  failureRatePercent: 10,
  aiLatencyMs: 5_000,
  apiLatencyMs: 3_000,
  /** An execution's own timeout (requirement 4). */
  executionMs: 900_000,
  /** A day, in which the archiver runs 24 times. */
  unarchivedSeconds: 86_400,
} as const;

const STEPS: ReadonlySet<string> = new Set(Object.values(FUNCTION_OF_PLACEHOLDER));

/**
 * Steps whose errors are a part of normal work: the AI throttles or answers badly, and a save that comes after a cancel
 * is refused (rule 2), up to 24 of them at once.
 */
const FALLIBLE: ReadonlySet<string> = new Set(['generate-tasks', 'save-tasks']);

/** The step that is throttled as a way of queueing, where its concurrency is reserved. */
const QUEUES_BY_THROTTLING = 'generate-tasks';

/** A metric of Step Functions. With executions started on an alias it is still sent for the bare ARN too. */
export function stateMachineMetric(stateMachineArn: string, name: string): WatchedMetric {
  return { namespace: 'AWS/States', name, dimensions: { StateMachineArn: stateMachineArn }, statistic: 'Sum' };
}

/**
 * Failed executions in percent of those that ended. A partial success has succeeded, and one that a person cancelled
 * counts nowhere. FILL, because an operation with a missing value has none, and Step Functions may send no zeros.
 */
export function failureRate(stateMachineArn: string): MetricMath {
  return {
    metrics: {
      failed: stateMachineMetric(stateMachineArn, 'ExecutionsFailed'),
      timedout: stateMachineMetric(stateMachineArn, 'ExecutionsTimedOut'),
      succeeded: stateMachineMetric(stateMachineArn, 'ExecutionsSucceeded'),
    },
    expressions: {
      bad: 'FILL(failed, 0) + FILL(timedout, 0)',
      ended: 'bad + FILL(succeeded, 0)',
      rate: 'IF(ended > 0, 100 * bad / ended, 0)',
    },
    result: 'rate',
    label: 'Failed executions in percent',
  };
}

/** A function's metric, over all its versions. */
function lambdaMetric(functionName: string, name: string): WatchedMetric {
  return { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName }, statistic: 'Sum' };
}

/** Every alarm of a stage. */
export function alarmsOf(watched: Watched): readonly AlarmSpec[] {
  return [
    ...executionAlarms(watched),
    ...LAMBDAS.flatMap((lambda) => [errorsAlarm(lambda, watched), throttlesAlarm(lambda, watched)]),
    ...aiAlarms(watched),
    ...queueAlarms(watched),
    archiveAlarm(watched),
    ...apiAlarms(watched),
  ];
}

function executionAlarms({ names }: Watched): readonly AlarmSpec[] {
  const { arn } = names.stateMachine;
  return [
    {
      id: 'failure-rate',
      priority: 'HIGH',
      meaning: 'More than 10 % of the executions that ended in 5 minutes failed or timed out.',
      watched: failureRate(arn),
      comparison: '>',
      threshold: THRESHOLDS.failureRatePercent,
      tellsEnd: true,
    },
    {
      id: 'execution-timeouts',
      priority: 'HIGH',
      meaning: 'An execution ran into its time limit of 900 s. It is settled by its status event or by the sweep.',
      watched: stateMachineMetric(arn, 'ExecutionsTimedOut'),
      periodSeconds: 60,
      comparison: '>=',
      threshold: 1,
    },
  ];
}

/**
 * One alarm a function, so that on-call sees which. They differ in what an error means:
 * - a step of the state machine is retried; from the third error in 5 minutes on, the retries do not heal it;
 * - elsewhere (HTTP, events, schedules) a failure that a caller may see is an answer, so an error is a defect;
 * - the two steps that fail as a part of normal work tell when a quarter of their calls fail, for 10 of 15 minutes.
 */
function errorsAlarm(lambda: LambdaName, { names }: Watched): AlarmSpec {
  const functionName = names.functionName(lambda);
  const errors = lambdaMetric(functionName, 'Errors');
  const common = { id: 'lambda-errors', of: lambda, priority: 'MEDIUM' } as const;
  if (FALLIBLE.has(lambda)) {
    return {
      ...common,
      meaning: `More than 25 % of the invocations of ${functionName} failed, in 10 of 15 minutes.`,
      watched: {
        metrics: { errors, invocations: lambdaMetric(functionName, 'Invocations') },
        expressions: { rate: 'IF(FILL(invocations, 0) > 0, 100 * FILL(errors, 0) / invocations, 0)' },
        result: 'rate',
        label: 'Failed invocations in percent',
      },
      comparison: '>',
      threshold: 25,
      breaching: [2, 3],
    };
  }
  const threshold = STEPS.has(lambda) ? 3 : 1;
  return {
    ...common,
    meaning: `${functionName} ended with an error, crashed or timed out, ${threshold === 1 ? 'at least once' : 'at least 3 times'} in 5 minutes.`,
    watched: errors,
    comparison: '>=',
    threshold,
  };
}

/** A throttled invocation means that the account's concurrency is used up, and then by all functions. */
function throttlesAlarm(lambda: LambdaName, { config, names }: Watched): AlarmSpec {
  const functionName = names.functionName(lambda);
  const reservedConcurrency = generateTasksConcurrency(config);
  const queues = lambda === QUEUES_BY_THROTTLING && reservedConcurrency !== undefined;
  return {
    id: 'lambda-throttles',
    of: lambda,
    priority: 'MEDIUM',
    meaning: queues
      ? `${functionName} was throttled for 15 minutes on end: its reserved concurrency of ${reservedConcurrency} is too small for the load.`
      : `${functionName} was throttled: the concurrency of the account is used up.`,
    watched: lambdaMetric(functionName, 'Throttles'),
    comparison: '>=',
    threshold: 1,
    ...(queues ? { breaching: [3, 3] } : {}),
  };
}

function aiAlarms({ config, names }: Watched): readonly AlarmSpec[] {
  return [
    {
      /**
       * The average over 15 minutes, in one period: the calls of an execution are reported when it ends, so where there
       * is little traffic several periods in a row would never all have data. A percentile would be of few values there.
       */
      id: 'ai-latency',
      priority: 'LOW',
      meaning:
        'The AI took more than 5 s a call, on average over 15 minutes. Executions take longer, none fails of it.',
      watched: { namespace: names.metricsNamespace, name: 'AiLatency', statistic: 'Average' },
      periodSeconds: 900,
      comparison: '>',
      threshold: THRESHOLDS.aiLatencyMs,
    },
    {
      /** Fewer are healed by the retries after 2, 4 and 8 s. With the quota used up, the 24 calls in flight exceed it at once. */
      id: 'ai-throttles',
      priority: 'MEDIUM',
      meaning: 'Bedrock throttled more than 10 calls of the model in 5 minutes: its quota in this account is used up.',
      watched: {
        namespace: 'AWS/Bedrock',
        name: 'InvocationThrottles',
        dimensions: { ModelId: config.settings.modelId },
        statistic: 'Sum',
      },
      comparison: '>',
      threshold: 10,
    },
  ];
}

function queueAlarms({ names }: Watched): readonly AlarmSpec[] {
  return Object.entries(names.queues).map(([id, { name }]) => ({
    id: 'dead-letters-not-empty',
    of: id,
    priority: 'MEDIUM',
    meaning: `Messages lie in ${name}, which nobody else looks at and which forgets them after 14 days.`,
    watched: {
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: name },
      statistic: 'Maximum',
    },
    periodSeconds: 60,
    comparison: '>',
    threshold: 0,
  }));
}

/**
 * Over two hours, so that each period has a value of the hourly archiver. One that does not run at all has none: its
 * errors, throttles and dead letters tell of that.
 */
function archiveAlarm({ names }: Watched): AlarmSpec {
  return {
    id: 'archive-behind',
    priority: 'MEDIUM',
    meaning:
      'An execution ended more than a day ago and is not archived. It is lost when its rows expire, 90 days after its start.',
    watched: { namespace: names.metricsNamespace, name: 'OldestUnarchivedAge', statistic: 'Maximum' },
    periodSeconds: 7_200,
    comparison: '>',
    threshold: THRESHOLDS.unarchivedSeconds,
  };
}

/** HTTP APIs name their metrics otherwise than REST APIs: `5xx`, by ApiId. */
function apiAlarms({ apiId }: Watched): readonly AlarmSpec[] {
  const metric = { namespace: 'AWS/ApiGateway', dimensions: { ApiId: apiId } };
  return [
    {
      /** Fewer may be a `start_delayed`, which asks the caller to come again, and is what the API promises. */
      id: 'api-5xx',
      priority: 'HIGH',
      meaning: 'The HTTP API answered at least 3 requests with a 5xx in 5 minutes.',
      watched: { ...metric, name: '5xx', statistic: 'Sum' },
      comparison: '>=',
      threshold: 3,
    },
    {
      /** For 15 minutes, since of few requests p99 is the slowest one, and that is a cold start. */
      id: 'api-p99',
      priority: 'LOW',
      meaning: 'One in 100 requests to the HTTP API took more than 3 s, for 15 minutes.',
      watched: { ...metric, name: 'Latency', statistic: 'p99' },
      comparison: '>',
      threshold: THRESHOLDS.apiLatencyMs,
      breaching: [3, 3],
    },
  ];
}
