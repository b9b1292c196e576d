import type { AlarmSpec } from './alarms.ts';
import { functionAlarms } from './function-alarms.ts';
import { failureRate, type Metrics, metricsOf, ofEnough, shareOf, timeoutRate, type Watched } from './metrics.ts';
import { databaseAlarms, deliveryAlarms, workflowThrottles } from './service-alarms.ts';
import { THROTTLED_REQUESTS } from './throttled-requests.ts';

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
 * Every alarm of a stage. Where volume grows with use, a share is watched, from a count on that is no chance; what must not
 * happen even once (dead letters, lost events, executions that are not archived, a sweep that fails) is counted; and what must
 * never stop tells when it is silent.
 */
export function alarmsOf(watched: Watched): readonly AlarmSpec[] {
  const metrics = metricsOf(watched);
  return [
    ...executionAlarms(metrics),
    ...functionAlarms(watched),
    ...aiAlarms(metrics),
    ...workflowThrottles(metrics),
    ...databaseAlarms(metrics),
    ...leftoverAlarms(metrics),
    ...deliveryAlarms(metrics),
    ...apiAlarms(metrics),
  ];
}

function executionAlarms({ states, own }: Metrics): readonly AlarmSpec[] {
  return [
    {
      id: 'failure-rate',
      priority: 'HIGH',
      meaning: {
        en: 'More than 10 % of the executions that ended in 5 minutes, at least 5, failed or timed out.',
        ja: '5分間に終了した実行（5件以上）の10%超が、失敗またはタイムアウトしました。',
      },
      watched: failureRate(states),
      trigger: ['>', THRESHOLDS.failureRatePercent],
      tellsEnd: true,
    },
    {
      id: 'execution-timeouts',
      priority: 'HIGH',
      meaning: {
        en: 'More than 1 % of the executions that ended in 15 minutes, at least 3, ran into their time limit of 900 s. Each is settled by its status event or by the sweep.',
        ja: '15分間に終了した実行の1%超（3件以上）が、900秒の制限に達しました。状態変化イベントまたは巡回処理がそれぞれを確定します。',
      },
      watched: timeoutRate(states),
      periodSeconds: 900,
      trigger: ['>', 1],
    },
    {
      /** A median that rises with the stage ends it once half of the last 100 executions were as slow; it never lasts. */
      id: 'slow-executions',
      priority: 'MEDIUM',
      meaning: {
        en: 'In more than 25 % of the executions that ended in 15 minutes, at least 3, actions took more than twice as long as in the last 100. None fails of it yet.',
        ja: '15分間に終了した実行の25%超（3件以上）で、行動に直近100件の2倍を超える時間がかかりました。これによる失敗はまだありません。',
      },
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
      meaning: {
        en: 'The AI took more than 5 s a call, on average over 15 minutes and at least 24 calls. Executions take longer, none fails of it.',
        ja: '15分間の24回以上のAIの呼び出しで、平均が5秒を超えました。実行は長くなりますが、失敗はしません。',
      },
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
      meaning: {
        en: 'Bedrock throttled more than 10 % of the calls of the model in 5 minutes, at least 10: its quota in this account is used up.',
        ja: 'Bedrockが5分間にモデルの呼び出しの10%超、10件以上をスロットリングしました。このアカウントのクォータが使い切られています。',
      },
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
        meaning: {
          en: `Messages lie in ${name}, which nobody else looks at and which forgets them after 14 days.`,
          ja: `${name}にメッセージがあります。ほかに処理するものはなく、14日後に消えます。`,
        },
        watched: messages,
        periodSeconds: 60,
        trigger: ['>', 0],
      }),
    ),
    {
      /**
       * Over two hours, so that each period has a value of the hourly archiver. One that does not run at all has none:
       * schedule-stopped tells of that.
       */
      id: 'archive-behind',
      priority: 'MEDIUM',
      meaning: {
        en: 'An execution ended more than a day ago and is not archived. It is lost when its rows expire, 90 days after its start.',
        ja: '1日より前に終了した実行がアーカイブされていません。開始から90日後に行が期限切れになると失われます。',
      },
      watched: own('OldestUnarchivedAge', 'Maximum'),
      periodSeconds: 7_200,
      trigger: ['>', THRESHOLDS.unarchivedSeconds],
    },
  ];
}

function apiAlarms({ api, own }: Metrics): readonly AlarmSpec[] {
  return [
    {
      /** Fewer than 3 may be a `start_delayed`, which asks the caller to come again, and is what the API promises. */
      id: 'api-5xx',
      priority: 'HIGH',
      meaning: {
        en: 'The HTTP API answered more than 1 % of the requests in 5 minutes, at least 3, with a 5xx.',
        ja: 'HTTP APIが、5分間のリクエストの1%超、3件以上に5xxを返しました。',
      },
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
      /** Whether Count holds what was refused is not documented: the whole has both, so that refusing all is a share, too. */
      id: 'api-throttles',
      priority: 'MEDIUM',
      meaning: {
        en: 'The HTTP API refused more than 1 % of the requests in 5 minutes, at least 10, with 429: more came than the settings apiRateLimit and apiBurstLimit let in, or the quota of the account.',
        ja: 'HTTP APIが、5分間のリクエストの1%超、10件以上を429で拒否しました。設定apiRateLimitとapiBurstLimit、またはアカウントのクォータを超えています。',
      },
      watched: shareOf({
        metrics: { throttled: own(THROTTLED_REQUESTS), requests: api('Count') },
        part: ['throttled'],
        whole: ['throttled', 'requests'],
        atLeast: ['part', 10],
        label: 'Requests refused with 429 in percent',
      }),
      trigger: ['>', 1],
    },
    {
      /** For 15 minutes, and of at least 100 requests: of fewer, p99 is the slowest one, and that is a cold start. */
      id: 'api-p99',
      priority: 'LOW',
      meaning: {
        en: 'One in 100 requests to the HTTP API took more than 3 s, for 15 minutes, of at least 100 in each 5.',
        ja: '15分間、5分ごとに100件以上あるHTTP APIのリクエストの100件に1件が、3秒を超えました。',
      },
      watched: ofEnough(api, 'Latency', 'p99', 100),
      trigger: ['>', THRESHOLDS.apiLatencyMs],
      breaching: [3, 3],
    },
  ];
}
