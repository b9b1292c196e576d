import { FUNCTION_OF_PLACEHOLDER } from '../../statemachine/definition.ts';
import { LAMBDAS, type LambdaName } from '../workflow/function-table.ts';
import { generateTasksConcurrency } from '../workflow/published-function.ts';
import type { AlarmSpec } from './alarms.ts';
import { failureRate, type Metrics, metricsOf, type Watched } from './metrics.ts';

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

/** Every alarm of a stage. */
export function alarmsOf(watched: Watched): readonly AlarmSpec[] {
  const metrics = metricsOf(watched);
  return [
    ...executionAlarms(metrics),
    ...LAMBDAS.flatMap((lambda) => [errorsAlarm(lambda, watched), throttlesAlarm(lambda, watched)]),
    ...aiAlarms(metrics),
    ...leftoverAlarms(metrics),
    ...apiAlarms(metrics),
  ];
}

function executionAlarms({ states }: Metrics): readonly AlarmSpec[] {
  return [
    {
      id: 'failure-rate',
      priority: 'HIGH',
      meaning: 'More than 10 % of the executions that ended in 5 minutes, at least 5, failed or timed out.',
      watched: failureRate(states),
      trigger: ['>', THRESHOLDS.failureRatePercent],
      tellsEnd: true,
    },
    {
      id: 'execution-timeouts',
      priority: 'HIGH',
      meaning: 'An execution ran into its time limit of 900 s. It is settled by its status event or by the sweep.',
      watched: states('ExecutionsTimedOut'),
      periodSeconds: 60,
      trigger: ['>=', 1],
    },
  ];
}

function aiAlarms({ own, bedrock }: Metrics): readonly AlarmSpec[] {
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
      watched: own('AiLatency', 'Average'),
      periodSeconds: 900,
      trigger: ['>', THRESHOLDS.aiLatencyMs],
    },
    {
      /** Fewer are healed by the retries after 2, 4 and 8 s. With the quota used up, the 24 calls in flight exceed it at once. */
      id: 'ai-throttles',
      priority: 'MEDIUM',
      meaning: 'Bedrock throttled more than 10 calls of the model in 5 minutes: its quota in this account is used up.',
      watched: bedrock('InvocationThrottles'),
      trigger: ['>', 10],
    },
  ];
}

/** What lies where nobody looks: dead letters, and executions that are not archived. */
function leftoverAlarms({ own, queues }: Metrics): readonly AlarmSpec[] {
  return [
    ...queues.map(
      ({ id, name, messages }): AlarmSpec => ({
        id: 'dead-letters-not-empty',
        of: id,
        priority: 'MEDIUM',
        meaning: `Messages lie in ${name}, which nobody else looks at and which forgets them after 14 days.`,
        watched: messages,
        periodSeconds: 60,
        trigger: ['>', 0],
      }),
    ),
    {
      /**
       * Over two hours, so that each period has a value of the hourly archiver. One that does not run at all has none: its
       * errors, throttles and dead letters tell of that.
       */
      id: 'archive-behind',
      priority: 'MEDIUM',
      meaning:
        'An execution ended more than a day ago and is not archived. It is lost when its rows expire, 90 days after its start.',
      watched: own('OldestUnarchivedAge', 'Maximum'),
      periodSeconds: 7_200,
      trigger: ['>', THRESHOLDS.unarchivedSeconds],
    },
  ];
}

function apiAlarms({ api }: Metrics): readonly AlarmSpec[] {
  return [
    {
      /** Fewer may be a `start_delayed`, which asks the caller to come again, and is what the API promises. */
      id: 'api-5xx',
      priority: 'HIGH',
      meaning: 'The HTTP API answered at least 3 requests with a 5xx in 5 minutes.',
      watched: api('5xx'),
      trigger: ['>=', 3],
    },
    {
      /** For 15 minutes, since of few requests p99 is the slowest one, and that is a cold start. */
      id: 'api-p99',
      priority: 'LOW',
      meaning: 'One in 100 requests to the HTTP API took more than 3 s, for 15 minutes.',
      watched: api('Latency', 'p99'),
      trigger: ['>', THRESHOLDS.apiLatencyMs],
      breaching: [3, 3],
    },
  ];
}

/**
 * One alarm a function, so that on-call sees which. They differ in what an error means:
 * - a step of the state machine is retried; from the third error in 5 minutes on, the retries do not heal it;
 * - elsewhere (HTTP, events, schedules) a failure that a caller may see is an answer, so an error is a defect;
 * - the two steps that fail as a part of normal work tell when a quarter of their calls fail, for 10 of 15 minutes.
 */
function errorsAlarm(lambda: LambdaName, watched: Watched): AlarmSpec {
  const name = watched.config.names.functionName(lambda);
  const metric = metricsOf(watched).lambda(lambda);
  const common = { id: 'lambda-errors', of: lambda, priority: 'MEDIUM' } as const;
  if (FALLIBLE.has(lambda)) {
    return {
      ...common,
      meaning: `More than 25 % of the invocations of ${name} failed, in 10 of 15 minutes.`,
      watched: {
        metrics: { errors: metric('Errors'), invocations: metric('Invocations') },
        expressions: { rate: 'IF(FILL(invocations, 0) > 0, 100 * FILL(errors, 0) / invocations, 0)' },
        result: 'rate',
        label: 'Failed invocations in percent',
      },
      trigger: ['>', 25],
      breaching: [2, 3],
    };
  }
  const threshold = STEPS.has(lambda) ? 3 : 1;
  const often = threshold === 1 ? 'at least once' : 'at least 3 times';
  return {
    ...common,
    meaning: `${name} ended with an error, crashed or timed out, ${often} in 5 minutes.`,
    watched: metric('Errors'),
    trigger: ['>=', threshold],
  };
}

/**
 * A throttled invocation means that the account's concurrency is used up, and then by all functions; but generate-tasks is
 * throttled as a way of queueing, where its concurrency is reserved.
 */
function throttlesAlarm(lambda: LambdaName, watched: Watched): AlarmSpec {
  const name = watched.config.names.functionName(lambda);
  const reserved = lambda === 'generate-tasks' ? generateTasksConcurrency(watched.config) : undefined;
  const why =
    reserved === undefined
      ? ': the concurrency of the account is used up.'
      : ` for 15 minutes on end: its reserved concurrency of ${reserved} is too small for the load.`;
  return {
    id: 'lambda-throttles',
    of: lambda,
    priority: 'MEDIUM',
    meaning: `${name} was throttled${why}`,
    watched: metricsOf(watched).lambda(lambda)('Throttles'),
    trigger: ['>=', 1],
    ...(reserved === undefined ? {} : { breaching: [3, 3] as const }),
  };
}
