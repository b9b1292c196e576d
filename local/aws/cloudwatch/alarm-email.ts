import { type Alarm, type AlarmState, decimal, type Verdict } from './alarm.ts';

/** A change of an alarm's state. */
export interface StateChange extends Verdict {
  readonly alarm: Alarm;
  readonly previous: AlarmState;
  readonly at: Date;
}

export type Email = ReturnType<typeof alarmEmail>;

/** Longest subject that SNS takes. */
const SUBJECT_LIMIT = 100;

/** CloudWatch's names of the regions of our stages; it shows the code of another one. */
const REGIONS: Readonly<Record<string, string>> = { 'ap-northeast-1': 'Asia Pacific (Tokyo)' };

/** The beginning of the e-mail that CloudWatch sends through SNS, as people who got one have shown it. */
export function alarmEmail({ alarm, previous, state, reason, at }: StateChange) {
  const [, , , regionCode = '', account = ''] = alarm.arn.split(':');
  const region = REGIONS[regionCode] ?? regionCode;
  const timestamp = longDate(at);
  const details = {
    Name: alarm.name,
    Description: alarm.description ?? '',
    'State Change': `${previous} -> ${state}`,
    'Reason for State Change': reason,
    Timestamp: timestamp,
    'AWS Account': account,
    'Alarm Arn': alarm.arn,
  };
  const message = [
    `You are receiving this email because your Amazon CloudWatch Alarm "${alarm.name}" in the ${region} region has entered the ${state} state, because "${reason}" at "${timestamp}".`,
    '',
    'View this alarm in the AWS Management Console:',
    `https://${regionCode}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${regionCode}#alarmsV2:alarm/${encodeURIComponent(alarm.name)}`,
    '',
    'Alarm Details:',
    ...Object.entries(details).map(([name, value]) => `- ${`${name}:`.padEnd(27)} ${value}`),
    '',
    'Threshold:',
    `- The alarm is in the ALARM state when the metric is ${alarm.comparison} ${decimal(alarm.threshold)} for at least ${alarm.datapointsToAlarm} of the last ${alarm.evaluationPeriods} period(s) of ${alarm.periodSeconds} seconds.`,
  ];
  return { subject: `${state}: "${alarm.name}" in ${region}`.slice(0, SUBJECT_LIMIT), message: message.join('\n') };
}

/** `Monday 24 November, 2025 19:05:00 UTC` */
function longDate(date: Date): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    date.toLocaleDateString('en-GB', { timeZone: 'UTC', ...options });
  const day = `${part({ weekday: 'long' })} ${part({ day: '2-digit' })} ${part({ month: 'long' })}, ${date.getUTCFullYear()}`;
  return `${day} ${date.toISOString().slice(11, 19)} UTC`;
}
