import { FUNCTION_OF_PLACEHOLDER } from '../../statemachine/definition.ts';
import { LAMBDAS, type LambdaName } from '../workflow/function-table.ts';
import { generateTasksConcurrency } from '../workflow/published-function.ts';
import type { AlarmSpec } from './alarms.ts';
import { failureRate, type Metrics, metricsOf, ofEnough, shareOf, timeoutRate, type Watched } from './metrics.ts';

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

/**
 * Called by the clock, so that their volume does not grow: whatever goes wrong there is counted. Their work is what must
 * never stop, the sweep's and the archiver's.
 */
const SCHEDULED: ReadonlySet<string> = new Set(['reconcile-executions', 'archive-executions']);

const STEPS: ReadonlySet<string> = new Set(Object.values(FUNCTION_OF_PLACEHOLDER));

/**
 * Steps whose errors are a part of normal work: the AI throttles or answers badly, and a save that comes after a cancel
 * is refused (rule 2), up to 24 of them at once.
 */
const FALLIBLE: ReadonlySet<string> = new Set(['generate-tasks', 'save-tasks']);

/**
 * Every alarm of a stage. Where volume grows with use, a share is watched, from a count on that is no chance; what must not
 * happen even once (dead letters, executions that are not archived, a sweep that fails) is counted.
 */
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

function executionAlarms({ states, own }: Metrics): readonly AlarmSpec[] {
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
      meaning:
        'More than 1 % of the executions that ended in 15 minutes, at least 3, ran into their time limit of 900 s. Each is settled by its status event or by the sweep.',
      watched: timeoutRate(states),
      periodSeconds: 900,
      trigger: ['>', 1],
    },
    {
      /** A median that rises with the stage ends it once half of the last 100 executions were as slow; it never lasts. */
      id: 'slow-executions',
      priority: 'MEDIUM',
      meaning:
        'In more than 25 % of the executions that ended in 15 minutes, at least 3, actions took more than twice as long as in the last 100. None fails of it yet.',
      watched: shareOf({
        metrics: { slow: own('SlowExecutions'), ended: own('Executions') },
        part: ['slow'],
        whole: ['ended'],
        atLeast: ['part', 3],
        label: 'Slow executions in percent',
      }),
      periodSeconds: 900,
      trigger: ['>', 25],
    },
  ];
}

function aiAlarms({ own, bedrock }: Metrics): readonly AlarmSpec[] {
  return [
    {
      /**
       * The average over 15 minutes, in one period: the calls of an execution are reported when it ends, so where there
       * is little traffic several periods in a row would never all have data. 24 calls are what an execution has in flight.
       */
      id: 'ai-latency',
      priority: 'LOW',
      meaning:
        'The AI took more than 5 s a call, on average over 15 minutes and at least 24 calls. Executions take longer, none fails of it.',
      watched: ofEnough(own, 'AiLatency', 'Average', 24),
      periodSeconds: 900,
      trigger: ['>', THRESHOLDS.aiLatencyMs],
    },
    {
      /**
       * At 10 %, one action in 10,000 is throttled four times in a row and fails; at 20 %, one in 600. Bedrock counts as
       * Invocations those that it did not throttle (Bedrock guide, "Monitor using CloudWatch metrics").
       */
      id: 'ai-throttles',
      priority: 'MEDIUM',
      meaning:
        'Bedrock throttled more than 10 % of the calls of the model in 5 minutes, at least 10: its quota in this account is used up.',
      watched: shareOf({
        metrics: { throttled: bedrock('InvocationThrottles'), taken: bedrock('Invocations') },
        part: ['throttled'],
        whole: ['throttled', 'taken'],
        atLeast: ['part', 10],
        label: 'Throttled AI calls in percent',
      }),
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
      /** Fewer than 3 may be a `start_delayed`, which asks the caller to come again, and is what the API promises. */
      id: 'api-5xx',
      priority: 'HIGH',
      meaning: 'The HTTP API answered more than 1 % of the requests in 5 minutes, at least 3, with a 5xx.',
      watched: shareOf({
        metrics: { failed: api('5xx'), requests: api('Count') },
        part: ['failed'],
        whole: ['requests'],
        atLeast: ['part', 3],
        label: 'Requests answered with a 5xx in percent',
      }),
      trigger: ['>', 1],
    },
    {
      /** For 15 minutes, and of at least 100 requests: of fewer, p99 is the slowest one, and that is a cold start. */
      id: 'api-p99',
      priority: 'LOW',
      meaning: 'One in 100 requests to the HTTP API took more than 3 s, for 15 minutes, of at least 100 in each 5.',
      watched: ofEnough(api, 'Latency', 'p99', 100),
      trigger: ['>', THRESHOLDS.apiLatencyMs],
      breaching: [3, 3],
    },
  ];
}

/** From which share and count of failed invocations on, in how many of how many periods, and what it is in words. */
function errorsTrigger(lambda: LambdaName) {
  if (FALLIBLE.has(lambda)) return { percent: 25, count: 10, breaching: [2, 3], when: 'in 10 of 15 minutes' } as const;
  return { percent: STEPS.has(lambda) ? 5 : 1, count: 3, breaching: [1, 1], when: 'in 5 minutes' } as const;
}

/**
 * One alarm a function, so that on-call sees which. They differ in what an error means:
 * - a step of the state machine is retried, so it tells when one call in 20 fails, which is more than chance;
 * - a function of the API answers its own failures, so an error is a crash or a time-out: one in 100 is a defect;
 * - the two steps that fail as a part of normal work tell when a quarter of their calls fail, for 10 of 15 minutes;
 * - a run by the clock that fails is one too many.
 */
function errorsAlarm(lambda: LambdaName, watched: Watched): AlarmSpec {
  const name = watched.config.names.functionName(lambda);
  const metric = metricsOf(watched).lambda(lambda);
  const common = { id: 'lambda-errors', of: lambda, priority: 'MEDIUM' } as const;
  if (SCHEDULED.has(lambda)) {
    return {
      ...common,
      meaning: `${name} ended with an error, crashed or timed out, at least once in 5 minutes.`,
      watched: metric('Errors'),
      trigger: ['>=', 1],
    };
  }
  const { percent, count, breaching, when } = errorsTrigger(lambda);
  return {
    ...common,
    meaning: `More than ${percent} % of the invocations of ${name}, at least ${count}, failed, crashed or timed out ${when}.`,
    watched: shareOf({
      metrics: { errors: metric('Errors'), invocations: metric('Invocations') },
      part: ['errors'],
      whole: ['invocations'],
      atLeast: ['part', count],
      label: 'Failed invocations in percent',
    }),
    trigger: ['>', percent],
    breaching,
  };
}

/**
 * A throttled invocation means that the account's concurrency is used up, and then by all functions; but generate-tasks is
 * throttled as a way of queueing, where its concurrency is reserved: there, one that is refused for each that is taken is
 * too many. A throttled invocation is none that Lambda counts as one.
 */
function throttlesAlarm(lambda: LambdaName, watched: Watched): AlarmSpec {
  const name = watched.config.names.functionName(lambda);
  const metric = metricsOf(watched).lambda(lambda);
  const reserved = lambda === 'generate-tasks' ? generateTasksConcurrency(watched.config) : undefined;
  const usedUp = 'the concurrency of the account is used up.';
  const common = { id: 'lambda-throttles', of: lambda, priority: 'MEDIUM' } as const;
  if (SCHEDULED.has(lambda)) {
    return {
      ...common,
      meaning: `${name} was throttled: ${usedUp}`,
      watched: metric('Throttles'),
      trigger: ['>=', 1],
    };
  }
  const percent = reserved === undefined ? 1 : 50;
  const why =
    reserved === undefined
      ? `in 5 minutes: ${usedUp}`
      : `for 15 minutes on end: its reserved concurrency of ${reserved} is too small for the load.`;
  return {
    ...common,
    meaning: `More than ${percent} % of the calls of ${name}, at least 5, were throttled ${why}`,
    watched: shareOf({
      metrics: { throttled: metric('Throttles'), invocations: metric('Invocations') },
      part: ['throttled'],
      whole: ['throttled', 'invocations'],
      atLeast: ['part', 5],
      label: 'Throttled calls in percent',
    }),
    trigger: ['>', percent],
    ...(reserved === undefined ? {} : { breaching: [3, 3] as const }),
  };
}
