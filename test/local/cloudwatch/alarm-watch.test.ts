import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import type { Alarm } from '../../../local/aws/cloudwatch/alarm.ts';
import { createAlarmWatch } from '../../../local/aws/cloudwatch/alarm-watch.ts';
import { MetricStore } from '../../../local/aws/cloudwatch/metric-store.ts';

const TOPIC = 'arn:aws:sns:ap-northeast-1:123456789012:alerts';
const metric = { namespace: 'AWS/States', metricName: 'ExecutionsTimedOut', dimensions: {} };
const alarm: Alarm = {
  name: 'timeouts',
  arn: 'arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:timeouts',
  description: undefined,
  queries: [{ id: 'm1', source: { metric, statistic: 'Sum' } }],
  returned: 'm1',
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periodSeconds: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  actions: { OK: [TOPIC], ALARM: [TOPIC], INSUFFICIENT_DATA: [] },
};
const MINUTE = 60_000;

describe('the watch over alarms', () => {
  let clock: SinonFakeTimers;
  let watch: ReturnType<typeof createAlarmWatch> | undefined;
  beforeEach(() => {
    clock = useFakeTimers({ now: Date.parse('2026-01-31T12:00:10.000Z') });
  });
  afterEach(() => {
    watch?.close();
    clock.restore();
  });

  function start(timeScale = 1, given = alarm, publishFails = false) {
    const store = new MetricStore({ resolutionMs: MINUTE * timeScale, retentionMs: 60 * MINUTE * timeScale });
    const subjects: string[] = [];
    const failures: string[] = [];
    watch = createAlarmWatch({
      alarms: [given],
      store,
      timeScale,
      publish(topicArn, { subject }) {
        if (publishFails) throw new Error('no topic');
        expect(topicArn).to.equal(TOPIC);
        subjects.push(subject);
      },
      onFailure: (name, error) => failures.push(`${name}: ${String(error)}`),
    });
    watch.start();
    const timeOut = () => store.add({ ...metric, timestamp: Date.now(), values: new Map([[1, 1]]) });
    const state = () => watch?.status()[0];
    return { subjects, failures, timeOut, state };
  }

  it('begins with insufficient data, and finds nothing wrong without telling anybody', () => {
    const { subjects, state } = start();
    expect(state()).to.deep.equal({
      name: 'timeouts',
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      since: '2026-01-31T12:00:10.000Z',
      evaluatedAt: null,
      value: null,
    });
    clock.tick(MINUTE);
    const at = '2026-01-31T12:01:01.000Z';
    expect(state()).to.include({ state: 'OK', since: at, evaluatedAt: at, value: null });
    expect(subjects).to.deep.equal([]);
  });

  it('tells once of an alarm, at the end of the minute of its data, and once of its end', () => {
    const { subjects, timeOut, state } = start();
    timeOut();
    clock.tick(49_000);
    expect(subjects).to.deep.equal([]);
    clock.tick(3000);
    expect(subjects).to.deep.equal(['ALARM: "timeouts" in Asia Pacific (Tokyo)']);
    expect(state()?.value).to.equal(1);
    clock.tick(MINUTE);
    timeOut();
    clock.tick(MINUTE);
    expect(state()).to.include({ state: 'ALARM', since: '2026-01-31T12:01:01.000Z' });
    expect(subjects).to.have.length(1);
    clock.tick(10 * MINUTE);
    expect(state()?.state).to.equal('OK');
    expect(subjects.slice(1)).to.deep.equal(['OK: "timeouts" in Asia Pacific (Tokyo)']);
  });

  it('goes on when a message cannot be delivered, and says so', () => {
    const { failures, timeOut, state } = start(1, alarm, true);
    timeOut();
    clock.tick(MINUTE);
    expect(failures).to.deep.equal(['timeouts: Error: no topic']);
    expect(state()?.state).to.equal('ALARM');
    clock.tick(10 * MINUTE);
    expect(state()?.state).to.equal('OK');
  });

  it('does nothing any more once it is closed', () => {
    const { subjects, timeOut } = start();
    timeOut();
    watch?.close();
    clock.tick(10 * MINUTE);
    expect(subjects).to.deep.equal([]);
    expect(clock.countTimers()).to.equal(0);
  });
});
