import { randomUUID } from 'node:crypto';
import { type AsynchronousInvocation, invokeAsynchronously } from './events.ts';

/** A rule of the event bus that runs on a schedule, as Terraform describes it. */
export interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly everySeconds: number;
  readonly targets: readonly { readonly functionName: string }[];
}

/** Node's: a longer one would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const UNITS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 24 * 3600 };

/**
 * The seconds of a `rate(…)` expression, such as `rate(5 minutes)`.
 * @throws Error for `cron(…)`, `at(…)`, and what EventBridge would refuse: `rate(1 minutes)`
 */
export function secondsOf(expression: string): number {
  const [, count = '', unit = '', plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (unit !== '' && (count === '1') === (plural === '')) return Number(count) * (UNITS[unit] ?? 0);
  throw new Error(`${expression} is no schedule that the local stack knows: rate(5 minutes)`);
}

export interface SchedulerOptions extends AsynchronousInvocation {
  readonly schedules: readonly Schedule[];
  readonly region: string;
  readonly account: string;
}

/** What EventBridge sends at a time. */
const scheduledEvent = (arn: string, region: string, account: string) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  region,
  resources: [arn],
  detail: {},
});

/** Invokes the targets of each rule every period, from one period after now on; a failure is tried again as for any event. */
export function startScheduler(options: SchedulerOptions): { close(): void } {
  const { schedules, region, account, timeScale } = options;
  const timers = schedules.map(({ arn, everySeconds, targets }) => {
    const periodMs = Math.min(everySeconds * 1000 * timeScale, LONGEST_TIMER_MS);
    const timer = setInterval(() => {
      for (const { functionName } of targets)
        void invokeAsynchronously(functionName, scheduledEvent(arn, region, account), options);
    }, periodMs);
    return timer.unref();
  });
  return {
    close() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
