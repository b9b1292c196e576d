import { expect } from 'chai';
import type { Alarm } from '../../../local/aws/cloudwatch/alarm.ts';
import { alarmEmail } from '../../../local/aws/cloudwatch/alarm-email.ts';

const TOPIC = 'arn:aws:sns:ap-northeast-1:123456789012:alerts';
const alarm: Alarm = {
  name: 'goal-activity-dev-execution-timeouts',
  arn: 'arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:goal-activity-dev-execution-timeouts',
  description: 'HIGH PRIORITY: an execution timed out.',
  queries: [],
  returned: 'm1',
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periodSeconds: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  actions: { OK: [], ALARM: [TOPIC], INSUFFICIENT_DATA: [] },
};
const change = {
  alarm,
  previous: 'OK',
  state: 'ALARM',
  reason: 'Threshold Crossed: it was.',
  at: new Date('2026-02-01T09:05:07.890Z'),
} as const;

describe('the e-mail of an alarm', () => {
  it('is laid out as CloudWatch lays it out', () => {
    const { subject, message } = alarmEmail(change);
    expect(subject).to.equal('ALARM: "goal-activity-dev-execution-timeouts" in Asia Pacific (Tokyo)');
    expect(message.split('\n')).to.deep.equal([
      'You are receiving this email because your Amazon CloudWatch Alarm "goal-activity-dev-execution-timeouts" in the Asia Pacific (Tokyo) region has entered the ALARM state, because "Threshold Crossed: it was." at "Sunday 01 February, 2026 09:05:07 UTC".',
      '',
      'View this alarm in the AWS Management Console:',
      'https://ap-northeast-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=ap-northeast-1#alarmsV2:alarm/goal-activity-dev-execution-timeouts',
      '',
      'Alarm Details:',
      '- Name:                       goal-activity-dev-execution-timeouts',
      '- Description:                HIGH PRIORITY: an execution timed out.',
      '- State Change:               OK -> ALARM',
      '- Reason for State Change:    Threshold Crossed: it was.',
      '- Timestamp:                  Sunday 01 February, 2026 09:05:07 UTC',
      '- AWS Account:                123456789012',
      `- Alarm Arn:                  ${alarm.arn}`,
      '',
      'Threshold:',
      '- The alarm is in the ALARM state when the metric is GreaterThanOrEqualToThreshold 1.0 for at least 1 of the last 1 period(s) of 60 seconds.',
    ]);
  });

  it('has a subject that SNS takes, however long the name is', () => {
    const { subject } = alarmEmail({ ...change, alarm: { ...alarm, name: 'x'.repeat(255) } });
    expect(subject).to.have.length(100);
  });
});
