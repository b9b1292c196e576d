import { FUNCTION_OF_PLACEHOLDER } from '../../statemachine/definition.ts';
import { LAMBDAS, type LambdaName } from '../workflow/function-table.ts';
import { generateTasksConcurrency } from '../workflow/published-function.ts';
import type { AlarmSpec } from './alarms.ts';
import { type Metrics, metricsOf, shareOf, type Watched } from './metrics.ts';

const STEPS: ReadonlySet<string> = new Set(Object.values(FUNCTION_OF_PLACEHOLDER));

/**
 * Steps whose errors are a part of normal work: the AI throttles or answers badly, and a save that comes after a cancel
 * is refused (rule 2), up to 24 of them at once.
 */
const FALLIBLE: ReadonlySet<string> = new Set(['generate-tasks', 'save-tasks']);

/** Runs in a row that do not come before it is told that a schedule has stopped: one may be late, or throttled. */
const MISSED_RUNS = 3;

/** A function, as its alarms look at it. */
interface WatchedFunction {
  readonly lambda: LambdaName;
  readonly name: string;
  readonly metric: ReturnType<Metrics['lambda']>;
  /**
   * Called by the clock, so that its volume does not grow: whatever goes wrong there is counted. Its work is what must
   * never stop, the sweep's and the archiver's.
   */
  readonly isScheduled: boolean;
}

/** Errors and throttles of each function, and the silence of those that the clock calls. */
export function functionAlarms(watched: Watched): readonly AlarmSpec[] {
  const { lambda: metricOf, events } = metricsOf(watched);
  const { config } = watched;
  const schedules = events.flatMap(({ handler, everySeconds }) =>
    everySeconds === undefined ? [] : [{ handler, everySeconds }],
  );
  const functionOf = (lambda: LambdaName): WatchedFunction => ({
    lambda,
    name: config.names.functionName(lambda),
    metric: metricOf(lambda),
    isScheduled: schedules.some(({ handler }) => handler === lambda),
  });
  return [
    ...LAMBDAS.map(functionOf).flatMap((each) => [
      errorsAlarm(each),
      throttlesAlarm(each, each.lambda === 'generate-tasks' ? generateTasksConcurrency(config) : undefined),
    ]),
    ...schedules.map(({ handler, everySeconds }) => stoppedAlarm(functionOf(handler), everySeconds)),
  ];
}

/**
 * Lambda sends Invocations when a function is invoked, whether or not it then fails, and nothing otherwise (Lambda guide,
 * "Types of metrics for Lambda functions"): so the schedule is disabled, or EventBridge does not reach the function.
 */
function stoppedAlarm({ lambda, name, metric }: WatchedFunction, everySeconds: number): AlarmSpec {
  const minutes = everySeconds / 60;
  return {
    id: 'schedule-stopped',
    of: lambda,
    priority: 'MEDIUM',
    meaning: {
      en: `${name} should run every ${minutes} minutes, and has not for ${MISSED_RUNS * minutes}. It is the state INSUFFICIENT_DATA that tells of it: the function has no invocations to count.`,
      ja: `${name}は${minutes}分ごとに動くはずですが、${MISSED_RUNS * minutes}分間動いていません。状態INSUFFICIENT_DATAがこのことを示します。数える呼び出しがありません。`,
    },
    watched: metric('Invocations'),
    periodSeconds: everySeconds,
    trigger: ['<', 1],
    breaching: [MISSED_RUNS, MISSED_RUNS],
    tellsSilence: true,
  };
}

const WHEN = {
  once: { en: 'in 5 minutes', ja: '5分間に' },
  lasting: { en: 'in 10 of 15 minutes', ja: '15分のうち10分' },
} as const;

/** From which share and count of failed invocations on, in how many of how many periods, and what it is in words. */
function errorsTrigger(lambda: LambdaName) {
  if (FALLIBLE.has(lambda)) return { percent: 25, count: 10, breaching: [2, 3], when: WHEN.lasting } as const;
  return { percent: STEPS.has(lambda) ? 5 : 1, count: 3, breaching: [1, 1], when: WHEN.once } as const;
}

/**
 * One alarm a function, so that on-call sees which. They differ in what an error means:
 * - a step of the state machine is retried, so it tells when one call in 20 fails, which is more than chance;
 * - a function of the API answers its own failures, so an error is a crash or a time-out: one in 100 is a defect;
 * - the two steps that fail as a part of normal work tell when a quarter of their calls fail, for 10 of 15 minutes;
 * - a run by the clock that fails is one too many.
 */
function errorsAlarm({ lambda, name, metric, isScheduled }: WatchedFunction): AlarmSpec {
  const common = { id: 'lambda-errors', of: lambda, priority: 'MEDIUM' } as const;
  if (isScheduled) {
    return {
      ...common,
      meaning: {
        en: `${name} ended with an error, crashed or timed out, at least once in 5 minutes.`,
        ja: `${name}が5分間に1回以上、エラー、クラッシュ、またはタイムアウトで終わりました。`,
      },
      watched: metric('Errors'),
      trigger: ['>=', 1],
    };
  }
  const { percent, count, breaching, when } = errorsTrigger(lambda);
  return {
    ...common,
    meaning: {
      en: `More than ${percent} % of the invocations of ${name}, at least ${count}, failed, crashed or timed out ${when.en}.`,
      ja: `${name}の呼び出しの${percent}%超、${count}件以上が、${when.ja}、失敗、クラッシュ、またはタイムアウトしました。`,
    },
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
function throttlesAlarm(
  { lambda, name, metric, isScheduled }: WatchedFunction,
  reserved: number | undefined,
): AlarmSpec {
  const usedUp = {
    en: 'the concurrency of the account is used up.',
    ja: 'アカウントの同時実行数が使い切られています。',
  };
  const common = { id: 'lambda-throttles', of: lambda, priority: 'MEDIUM' } as const;
  if (isScheduled) {
    return {
      ...common,
      meaning: { en: `${name} was throttled: ${usedUp.en}`, ja: `${name}がスロットリングされました。${usedUp.ja}` },
      watched: metric('Throttles'),
      trigger: ['>=', 1],
    };
  }
  const percent = reserved === undefined ? 1 : 50;
  const why =
    reserved === undefined
      ? {
          en: `in 5 minutes: ${usedUp.en}`,
          ja: `5分間にスロットリングされました。${usedUp.ja}`,
        }
      : {
          en: `for 15 minutes on end: its reserved concurrency of ${reserved} is too small for the load.`,
          ja: `15分間続けてスロットリングされました。予約済み同時実行数${reserved}は負荷に対して小さすぎます。`,
        };
  return {
    ...common,
    meaning: {
      en: `More than ${percent} % of the calls of ${name}, at least 5, were throttled ${why.en}`,
      ja: `${name}の呼び出しの${percent}%超、5件以上が、${why.ja}`,
    },
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
