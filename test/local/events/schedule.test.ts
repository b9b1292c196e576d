import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { secondsOf, startScheduler } from '../../../local/aws/events/schedule.ts';

const ARN = 'arn:aws:events:ap-northeast-1:123456789012:rule/sweep';

describe('a schedule', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => {
    clock = useFakeTimers({ now: Date.parse('2026-01-31T12:00:00.000Z') });
  });
  afterEach(() => clock.restore());

  it('is a rate of minutes, hours or days, and nothing that EventBridge or the local stack would not take', () => {
    const rates = ['rate(1 minute)', 'rate(5 minutes)', 'rate(1 hour)', 'rate(2 days)'];
    expect(rates.map(secondsOf)).to.deep.equal([60, 300, 3600, 172_800]);
    for (const wrong of ['rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)', 'rate(5 weeks)', 'cron(0 3 * * ? *)'])
      expect(() => secondsOf(wrong)).to.throw(`${wrong} is no schedule`);
  });

  it('invokes its target every scaled period, with the event that EventBridge sends, and again when that fails', async () => {
    const invoked: { functionName: string; event: unknown; at: number }[] = [];
    const failed: boolean[] = [];
    const begin = Date.now();
    const targets = [{ functionName: 'reconcile' }];
    const scheduler = startScheduler({
      schedules: [{ name: 'sweep', arn: ARN, everySeconds: 3000, targets }],
      region: 'ap-northeast-1',
      account: '123456789012',
      timeScale: 0.1,
      async invoke(functionName, event) {
        invoked.push({ functionName, event, at: Date.now() - begin });
        if (invoked.length === 1) throw new Error('down');
      },
      onFailure: (_functionName, _error, willRetry) => failed.push(willRetry),
    });
    await clock.tickAsync(600_000);
    scheduler.close();
    await clock.tickAsync(600_000);
    expect(invoked.map(({ functionName, at }) => `${functionName} ${at}`)).to.deep.equal([
      'reconcile 300000',
      'reconcile 600000',
    ]);
    expect(failed).to.deep.equal([true]);
    expect(invoked[0]?.event).to.deep.include({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-01-31T12:05:00Z',
      resources: [ARN],
    });
  });
});
