import { AwsError } from '../endpoint.ts';
import type { AlarmWatch } from './alarm-watch.ts';

type Input = Readonly<Record<string, unknown>>;

/** What a page has when a call does not say how much (CloudWatch API reference, MaxRecords). */
const PAGE = 50;
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

const seconds = (at: Date) => at.getTime() / 1000;
const invalid = (message: string) => new AwsError(400, 'ValidationError', message);

/** A page of items: `NextToken` says where it begins. */
function pageOf<Item>(items: readonly Item[], { NextToken, MaxRecords = PAGE }: Input) {
  const start = Number(NextToken ?? 0);
  const end = start + Number(MaxRecords);
  return { page: items.slice(start, end), next: end < items.length ? { NextToken: String(end) } : {} };
}

/**
 * The calls about alarms that the local CloudWatch knows, by name: reading them, setting one by hand, and what came of it.
 * @returns the answers, as AWS JSON
 */
export const alarmCalls = (watch: Pick<AlarmWatch, 'details' | 'set' | 'history'>) => ({
  DescribeAlarms(input: Input) {
    const { AlarmNamePrefix: prefix = '' } = input;
    const { page, next } = pageOf(
      watch.details().filter(({ alarm }) => alarm.name.startsWith(String(prefix))),
      input,
    );
    const MetricAlarms = page.map(({ alarm, state, reason, since }) => ({
      AlarmName: alarm.name,
      AlarmArn: alarm.arn,
      AlarmDescription: alarm.description ?? '',
      ActionsEnabled: true,
      AlarmActions: alarm.actions.ALARM,
      OKActions: alarm.actions.OK,
      StateValue: state,
      StateReason: reason,
      StateUpdatedTimestamp: seconds(since),
    }));
    return { MetricAlarms, CompositeAlarms: [], ...next };
  },
  /** The next evaluation sets it back. */
  SetAlarmState({ AlarmName, StateValue, StateReason }: Input) {
    const state = STATES.find((each) => each === StateValue);
    if (state === undefined || typeof StateReason !== 'string') throw invalid('StateValue or StateReason is missing');
    if (watch.set(String(AlarmName), state, StateReason)) return {};
    throw new AwsError(404, 'ResourceNotFound', `There is no alarm ${String(AlarmName)}`);
  },
  DescribeAlarmHistory(input: Input) {
    const { AlarmName, HistoryItemType: type, ScanBy } = input;
    const found = watch
      .history()
      .filter(({ alarmName, kind }) => alarmName === (AlarmName ?? alarmName) && kind === (type ?? kind));
    const { page, next } = pageOf(ScanBy === 'TimestampAscending' ? found : found.toReversed(), input);
    const AlarmHistoryItems = page.map(({ alarmName, kind, at, summary }) => ({
      AlarmName: alarmName,
      HistoryItemType: kind,
      HistorySummary: summary,
      Timestamp: seconds(at),
    }));
    return { AlarmHistoryItems, ...next };
  },
});
