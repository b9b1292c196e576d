import { type Alarm, type AlarmState, decimal, type Verdict } from './alarm.ts';

/** A change of an alarm's state. */
export interface StateChange extends Verdict {
  readonly alarm: Alarm;
  readonly previous: AlarmState;
  readonly at: Date;
}

export interface Email {
  readonly subject: string;
  readonly message: string;
}

/** Longest subject that SNS takes. */
const SUBJECT_LIMIT = 100;

/** CloudWatch's names of the regions of our stages; it shows the code of another one. */
const REGIONS: Readonly<Record<string, string>> = { 'ap-northeast-1': 'Asia Pacific (Tokyo)' };

/** The e-mail that CloudWatch sends through SNS, as people who got one have shown it. */
export function alarmEmail({ alarm, previous, state, reason, at }: StateChange): Email {
  const [, , , regionCode = '', account = ''] = alarm.arn.split(':');
  const region = REGIONS[regionCode] ?? regionCode;
  const timestamp = longDate(at);
  const url = `https://${regionCode}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${regionCode}#alarmsV2:alarm/${encodeURIComponent(alarm.name)}`;
  const message = [
    `You are receiving this email because your Amazon CloudWatch Alarm "${alarm.name}" in the ${region} region has entered the ${state} state, because "${reason}" at "${timestamp}".`,
    '',
    'View this alarm in the AWS Management Console:',
    url,
    '',
    'Alarm Details:',
    detail('Name', alarm.name),
    detail('Description', alarm.description ?? ''),
    detail('State Change', `${previous} -> ${state}`),
    detail('Reason for State Change', reason),
    detail('Timestamp', timestamp),
    detail('AWS Account', account),
    detail('Alarm Arn', alarm.arn),
    '',
    'Threshold:',
    `- The alarm is in the ALARM state when the metric is ${alarm.comparison} ${decimal(alarm.threshold)} for at least ${alarm.datapointsToAlarm} of the last ${alarm.evaluationPeriods} period(s) of ${alarm.periodSeconds} seconds.`,
    '',
    ...monitored(alarm),
    '',
    'State Change Actions:',
    ...(['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const).map((each) => `- ${each}: ${actionsOf(alarm, each)}`),
  ];
  return { subject: `${state}: "${alarm.name}" in ${region}`.slice(0, SUBJECT_LIMIT), message: message.join('\n') };
}

const detail = (name: string, value: string) => `- ${`${name}:`.padEnd(27)} ${value}`;
const property = (name: string, value: string) => `- ${`${name}:`.padEnd(36)} ${value}`;

function monitored({ queries, returned, periodSeconds }: Alarm): string[] {
  const query = queries.find(({ id }) => id === returned);
  if (query === undefined) return [];
  const { source } = query;
  if ('expression' in source) {
    return [
      'Monitored Metrics:',
      detail('MetricExpression', source.text),
      detail('MetricLabel', query.label ?? query.id),
    ];
  }
  const { metric, statistic } = source;
  const dimensions = Object.entries(metric.dimensions).map(([name, value]) => `[${name} = ${value}]`);
  return [
    'Monitored Metric:',
    property('MetricNamespace', metric.namespace),
    property('MetricName', metric.metricName),
    property('Dimensions', dimensions.join(', ')),
    property('Period', `${periodSeconds} seconds`),
    property('Statistic', statistic),
    property('Unit', 'not specified'),
    property('TreatMissingData', 'notBreaching'),
  ];
}

const actionsOf = ({ actions }: Alarm, state: AlarmState) => actions[state].map((arn) => `[${arn}]`).join(', ');

/** `Monday 24 November, 2025 19:05:00 UTC` */
function longDate(date: Date): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    date.toLocaleDateString('en-GB', { timeZone: 'UTC', ...options });
  const day = `${part({ weekday: 'long' })} ${part({ day: '2-digit' })} ${part({ month: 'long' })}, ${date.getUTCFullYear()}`;
  return `${day} ${date.toISOString().slice(11, 19)} UTC`;
}
