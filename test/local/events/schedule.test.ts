import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { secondsOf, startScheduler } from '../../../local/aws/events/schedule.ts';

const ARN = 'arn:aws:events:ap-northeast-1:123456789012:rule/sweep';

describe('a schedule', () => {
  it('is a rate of minutes, hours or days, and nothing that EventBridge or the local stack would not take', () => {
    expect(['rate(1 minute)', 'rate(5 minutes)', 'rate(1 hour)', 'rate(2 days)'].map(secondsOf)).to.deep.equal([
      60, 300, 3600, 172_800,
    ]);
    for (const wrong of ['rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)', 'rate(5 weeks)', 'cron(0 3 * * ? *)'])
      expect(() => secondsOf(wrong)).to.throw(`${wrong} is no schedule`);
  });

  describe('that runs', () => {
    let clock: SinonFakeTimers;
    let scheduler: { close(): void } | undefined;
    beforeEach(() => {
      clock = useFakeTimers({ now: Date.parse('2026-01-31T12:00:00.000Z') });
    });
    afterEach(() => {
      scheduler?.close();
      clock.restore();
    });

    function start(options: { timeScale?: number; everySeconds?: number; input?: unknown; failures?: number } = {}) {
      const { timeScale = 1, everySeconds = 300, failures = 0 } = options;
      const invoked: { functionName: string; event: unknown; at: number }[] = [];
      const failed: boolean[] = [];
      const begin = Date.now();
      scheduler = startScheduler({
        schedules: [
          {
            name: 'sweep',
            arn: ARN,
            everySeconds,
            targets: [{ functionName: 'reconcile', ...('input' in options ? { input: options.input } : {}) }],
          },
        ],
        region: 'ap-northeast-1',
        account: '123456789012',
        timeScale,
        async invoke(functionName, event) {
          invoked.push({ functionName, event, at: Date.now() - begin });
          if (invoked.length <= failures) throw new Error('down');
        },
        onFailure: (_functionName, _error, willRetry) => failed.push(willRetry),
      });
      return { invoked, failed };
    }

    it('invokes its target every period, with the event that EventBridge sends', () => {
      const { invoked } = start();
      clock.tick(299_999);
      expect(invoked).to.deep.equal([]);
      clock.tick(300_001);
      expect(invoked.map(({ functionName, at }) => [functionName, at])).to.deep.equal([
        ['reconcile', 300_000],
        ['reconcile', 600_000],
      ]);
      expect(invoked[0]?.event).to.deep.include({
        version: '0',
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '123456789012',
        time: '2026-01-31T12:05:00Z',
        region: 'ap-northeast-1',
        resources: [ARN],
        detail: {},
      });
    });

    it('gives the target its own input, if it has one', () => {
      const { invoked } = start({ input: { dryRun: true } });
      clock.tick(300_000);
      expect(invoked.map(({ event }) => event)).to.deep.equal([{ dryRun: true }]);
    });

    it('scales its period, which no length makes run all the time', () => {
      const { invoked } = start({ timeScale: 0.01 });
      clock.tick(9000);
      expect(invoked).to.have.length(3);
      scheduler?.close();
      const days = start({ timeScale: 100, everySeconds: 86_400 });
      clock.tick(1000);
      expect(days.invoked).to.deep.equal([]);
    });

    it('says that a target failed, and that it is tried again like every event', async () => {
      const { failed } = start({ failures: 1 });
      await clock.tickAsync(300_000);
      expect(failed).to.deep.equal([true]);
    });
  });
});
