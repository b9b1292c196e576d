import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { createCloudWatch } from '../../../local/aws/cloudwatch/cloudwatch.ts';
import { lambdaMetrics } from '../../../local/aws/service-metrics.ts';
import { readTerraform } from '../../../local/terraform/stack-description.ts';
import { loadConfig } from '../../../modules/config.ts';
import { synthesize } from '../../../modules/stack.ts';
import { withFolders } from '../../infrastructure/folders.ts';

const MINUTE = 60_000;
const { alarms } = withFolders((folders) => readTerraform(synthesize({ config: loadConfig('prod'), ...folders })));

/** Lets a function run at some minutes of a new stage. @returns the minute of each message, and the alarm's state in others */
function watch(lambda: string, runs: readonly number[], lookAt: readonly number[]) {
  const alarm = alarms.find(({ name }) => name === `goal-activity-prod-schedule-stopped-${lambda}`);
  if (alarm === undefined) throw new Error(`there is no alarm on the schedule of ${lambda}`);
  const begin = Date.parse('2026-01-31T12:00:00.000Z');
  const clock = useFakeTimers({ now: begin, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  const messages: { minute: number; subject: string }[] = [];
  const cloudWatch = createCloudWatch({
    alarms: [alarm],
    sns: {
      publish({ subject = '' }) {
        messages.push({ minute: Math.floor((Date.now() - begin) / MINUTE), subject });
        return { messageId: '' };
      },
    },
    timeScale: 1,
    onFailure: (_name, error) => expect.fail(String(error)),
  });
  try {
    cloudWatch.start();
    const states = new Map<number, string | undefined>();
    for (let minute = 0; minute <= Math.max(...lookAt); minute += 1) {
      clock.tick(begin + minute * MINUTE + 2_000 - Date.now());
      if (lookAt.includes(minute)) states.set(minute, cloudWatch.alarms()[0]?.state);
      const invocation = { hasFailed: false, durationMs: 200 };
      if (runs.includes(minute)) cloudWatch.put(lambdaMetrics(`goal-activity-prod-${lambda}`, invocation, Date.now()));
    }
    return { messages, states: lookAt.map((minute) => states.get(minute)) };
  } finally {
    clock.restore();
    cloudWatch.close();
  }
}

/** The minutes from one until before another, so many apart. */
const every = (minutes: number, from: number, until: number) =>
  Array.from({ length: Math.ceil((until - from) / minutes) }, (_, index) => from + index * minutes);

describe('the alarm on a schedule that has stopped, as it is synthesized', () => {
  for (const [lambda, period] of [
    ['reconcile-executions', 5],
    ['archive-executions', 60],
  ] as const) {
    const at = (periods: number) => periods * period;

    it(`tells once that ${lambda} has stopped, within three to six periods, and nothing of a new stage or of its return`, () => {
      const runs = [...every(period, at(1), at(20)), ...every(period, at(30), at(40))];
      const lookAt = [at(1) - 1, at(2), at(20), at(28), at(32)];
      const { messages, states } = watch(lambda, runs, lookAt);
      expect(states).to.deep.equal(['INSUFFICIENT_DATA', 'OK', 'OK', 'INSUFFICIENT_DATA', 'OK']);
      expect(messages.map(({ subject }) => subject.split(' in ')[0])).to.deep.equal([
        `INSUFFICIENT_DATA: "goal-activity-prod-schedule-stopped-${lambda}"`,
      ]);
      // The last run was one period before.
      expect(messages[0]?.minute).to.be.within(at(19 + 3), at(19 + 6));
    });

    it(`is quiet through a deploy in which ${lambda} misses two runs, and in a stage where it has never run`, () => {
      const runs = [...every(period, at(1), at(10)), ...every(period, at(12), at(20))];
      expect(watch(lambda, runs, every(period, at(2), at(20)))).to.deep.equal({
        messages: [],
        states: Array.from({ length: 18 }, () => 'OK'),
      });
      expect(watch(lambda, [], [at(20)])).to.deep.equal({ messages: [], states: ['INSUFFICIENT_DATA'] });
    });
  }
});
