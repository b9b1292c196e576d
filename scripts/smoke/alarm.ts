import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudWatchClientConfig, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { StageConfig } from '../../modules/config.ts';
import { sayAwsError } from '../stage/aws.ts';
import { Finding, seconds } from './finding.ts';
import type { Seen } from './steps.ts';

const REASON = 'make smoke sets this alarm by hand, to see that people are told. Nothing is wrong.';
/** An action is taken within seconds of the change; its line in the history may be later. */
const ACTION_MS = 60_000;
const POLL_MS = 500;

/** An alarm of the lowest priority that tells people, and has nothing to tell now. */
const choose = (alarms: readonly MetricAlarm[], topicArn: string) =>
  alarms
    .filter(({ StateValue, AlarmActions = [] }) => StateValue !== 'ALARM' && AlarmActions.includes(topicArn))
    .sort((one, other) => rank(one) - rank(other))[0];
const rank = ({ AlarmDescription = '' }: MetricAlarm) =>
  ['LOW', 'MEDIUM', 'HIGH'].indexOf(/LOW|MEDIUM|HIGH/.exec(AlarmDescription)?.[0] ?? '');

/**
 * Sets an alarm of the stage by hand and reads in its history whether the topic took its message; then sets it back. CloudWatch itself
 * sets it back within seconds (API reference, SetAlarmState), so its state may never be seen: the history tells.
 * @throws Finding saying why nobody would be told
 */
export async function tryAlarm(
  { prefix, names }: Pick<StageConfig, 'prefix' | 'names'>,
  config: CloudWatchClientConfig,
  signal: AbortSignal,
  limitMs = ACTION_MS,
): Promise<Seen> {
  const { arn: topicArn } = names.alerts;
  const { CloudWatchClient, paginateDescribeAlarms, SetAlarmStateCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient(config);
  try {
    const alarms: MetricAlarm[] = [];
    for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix: `${prefix}-` }))
      alarms.push(...(page.MetricAlarms ?? []));
    const { AlarmName, StateValue: before = 'OK' } = choose(alarms, topicArn) ?? {};
    if (AlarmName === undefined)
      throw new Finding(
        `Of ${alarms.length} alarms that begin with ${prefix}-, none is without alarm and tells ${topicArn}`,
      );
    const earlier = await lastAction(client, AlarmName);
    let action = earlier;
    try {
      await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: REASON }));
      for (const giveUpAt = performance.now() + limitMs; action?.at === earlier?.at && performance.now() < giveUpAt; ) {
        action = await lastAction(client, AlarmName);
        if (action?.at === earlier?.at) await sleep(POLL_MS, undefined, { signal });
      }
    } finally {
      await client.send(
        new SetAlarmStateCommand({ AlarmName, StateValue: before, StateReason: 'make smoke sets it back.' }),
      );
    }
    const summary =
      action?.at === earlier?.at ? `no action is in its history after ${seconds(limitMs)}` : action?.summary;
    if (!summary?.startsWith('Successfully'))
      throw new Finding(`The alarm ${AlarmName} was set, but could tell nobody: ${summary}`);
    return {
      said: `${AlarmName} was in ALARM, told its topic, and is ${before} again. ${await whoIsTold(topicArn, config)}`,
    };
  } catch (thrown) {
    if (thrown instanceof Finding || signal.aborted) throw thrown;
    throw new Finding(`${sayAwsError('No alarm could be tried', thrown)} (ALARM=0 leaves this out)`, { cause: thrown });
  } finally {
    client.destroy();
  }
}

type CloudWatch = InstanceType<typeof import('@aws-sdk/client-cloudwatch').CloudWatchClient>;

/** The newest action in the history of an alarm: `Successfully executed action arn:…`, or `Failed to execute action arn:…. Received error: …`. */
async function lastAction(client: CloudWatch, AlarmName: string): Promise<{ at: number; summary: string } | undefined> {
  const { DescribeAlarmHistoryCommand } = await import('@aws-sdk/client-cloudwatch');
  const ask = { AlarmName, HistoryItemType: 'Action', ScanBy: 'TimestampDescending', MaxRecords: 1 } as const;
  const { AlarmHistoryItems = [] } = await client.send(new DescribeAlarmHistoryCommand(ask));
  const [{ Timestamp, HistorySummary = '' } = {}] = AlarmHistoryItems;
  return Timestamp && { at: Timestamp.getTime(), summary: HistorySummary };
}

/** Who has a mail now, and who has yet to confirm that they want any. */
async function whoIsTold(TopicArn: string, config: CloudWatchClientConfig): Promise<string> {
  const { paginateListSubscriptionsByTopic, SNSClient } = await import('@aws-sdk/client-sns');
  const client = new SNSClient(config);
  const [confirmed, pending]: [string[], string[]] = [[], []];
  try {
    for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn }))
      for (const { SubscriptionArn = '', Endpoint = '' } of page.Subscriptions ?? [])
        (SubscriptionArn.startsWith('arn:') ? confirmed : pending).push(Endpoint);
  } catch (thrown) {
    return sayAwsError('Who should have a mail now is not known', thrown);
  } finally {
    client.destroy();
  }
  const told =
    confirmed.length > 0
      ? `A mail should be with ${confirmed.join(', ')} now`
      : 'Nobody has a mail: no address is confirmed';
  return pending.length > 0 ? `${told}. Not confirmed: ${pending.join(', ')}` : told;
}
