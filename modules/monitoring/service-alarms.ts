import type { AlarmSpec } from './alarms.ts';
import { type Metrics, numbered, shareOf, sumOf } from './metrics.ts';

/** What the functions ask Step Functions for (modules/workflow/grants.ts). */
const CALLS = ['StartExecution', 'StopExecution', 'DescribeExecution', 'GetExecutionHistory'];

/**
 * Throttling by Step Functions, of which nothing fails: transitions wait, calls are tried again. So only what lasts is told,
 * from 100 on in each 5 minutes, for 15 minutes on end. A burst empties the bucket of 500 or 800 and is over in seconds; and of
 * the 150,000 transitions that the quota lets through in 5 minutes, or the 3,000 calls of the smallest one, 100 are a part that
 * grows when the quota is used up. The quotas are those of the account and region, so calls count whoever makes them.
 * (Step Functions guide, "Monitoring Step Functions metrics using CloudWatch" and "Quotas")
 */
export function workflowThrottles({ states, statesCalls }: Metrics): readonly AlarmSpec[] {
  const lasting = { priority: 'MEDIUM', trigger: ['>=', 100], breaching: [3, 3] } as const;
  return [
    {
      ...lasting,
      id: 'workflow-throttles',
      of: 'transitions',
      meaning: {
        en: 'Step Functions held up at least 100 state transitions of the workflow in each 5 minutes, for 15 minutes on end: the account has used up its quota. Executions take longer.',
        ja: 'Step Functionsが、ワークフローの状態遷移を5分ごとに100件以上、15分間続けて待たせました。アカウントのクォータが使い切られており、実行が長くなります。',
      },
      watched: sumOf([states('ExecutionThrottled')], 'Transitions held up'),
    },
    {
      ...lasting,
      id: 'workflow-throttles',
      of: 'calls',
      meaning: {
        en: `Step Functions refused at least 100 calls of ${CALLS.join(', ')} in each 5 minutes, for 15 minutes on end: the account has used up a quota. Starts and cancels are delayed.`,
        ja: `Step Functionsが、${CALLS.join('、')}の呼び出しを5分ごとに100件以上、15分間続けて拒否しました。アカウントのクォータが使い切られており、開始とキャンセルが遅れます。`,
      },
      watched: sumOf(CALLS.map(statesCalls), 'Throttled calls'),
    },
  ];
}

/**
 * Throttled reads and writes of a table and its indexes, beside the units that it consumed. The client tries again, and an
 * on-demand table grows by itself once its load has doubled, so only 10 of 15 minutes are trouble: a partition that is too
 * hot, or a quota.
 *
 * The units are there for a second reason: alarms on metrics of DynamoDB ignore missing data, whatever they are told to do
 * (CloudWatch API reference, PutMetricAlarm). On throttled events alone, which are not sent when there are none, an alarm
 * would never be over.
 */
export function databaseAlarms({ tables }: Metrics): readonly AlarmSpec[] {
  return tables.map(({ id, name, throttled, consumed }): AlarmSpec => {
    const [events, units] = [numbered('throttled', throttled), numbered('consumed', consumed)];
    return {
      id: 'database-throttles',
      of: id,
      priority: 'MEDIUM',
      meaning: {
        en: `DynamoDB throttled reads or writes of ${name} or its indexes, at least 10 in 5 minutes, and more than 1 for each 100 units that it took, in 10 of 15 minutes.`,
        ja: `DynamoDBが、${name}またはそのインデックスの読み取りか書き込みを、5分間に10件以上、処理した100ユニットにつき1件を超えて、15分のうち10分スロットリングしました。`,
      },
      watched: shareOf({
        metrics: { ...events, ...units },
        part: Object.keys(events),
        whole: [...Object.keys(events), ...Object.keys(units)],
        atLeast: ['part', 10],
        label: 'Throttled reads and writes in percent',
      }),
      trigger: ['>', 1],
      breaching: [2, 3],
    };
  });
}

/** Events and messages that did not arrive, of which not one may be lost. */
export function deliveryAlarms({ events, topics }: Metrics): readonly AlarmSpec[] {
  return [
    ...events.map(
      ({ id, handler, lost }): AlarmSpec => ({
        id: 'events-lost',
        of: id,
        priority: 'MEDIUM',
        meaning: {
          en: `An event of ${id} did not reach ${handler}, and maybe not its dead letters either.`,
          ja: `${id}のイベントが${handler}に届きませんでした。デッドレターにも届いていない可能性があります。`,
        },
        watched: sumOf(lost, 'Events that failed, or were lost'),
        trigger: ['>', 0],
      }),
    ),
    ...topics.map(
      ({ id, name, failed }): AlarmSpec => ({
        // Not what filters leave out: that is what a subscriber asked for.
        id: 'messages-undelivered',
        of: id,
        priority: 'MEDIUM',
        meaning: {
          en: `SNS gave up a message of ${name}: somebody who should know was not told, and maybe not of this either.`,
          ja: `SNSが${name}のメッセージの配信を断念しました。知るべき人に届いていません。このメッセージも届いていない可能性があります。`,
        },
        watched: failed,
        trigger: ['>', 0],
      }),
    ),
  ];
}
