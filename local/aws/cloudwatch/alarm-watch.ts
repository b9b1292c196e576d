import { type Alarm, type AlarmState, datapointsOf, evaluate } from './alarm.ts';
import { alarmEmail, type Email } from './alarm-email.ts';
import type { Value } from './expression.ts';
import type { MetricStore } from './metric-store.ts';

/** CloudWatch evaluates an alarm once a minute, whatever its period. */
export const EVALUATION_MS = 60_000;
/** Data of a minute that has ended may be on its way still: what part of a minute is waited for it, and how long at most. */
const GRACE_SHARE = 0.1;
const LONGEST_GRACE_MS = 1000;

const INITIAL_REASON = 'Unchecked: Initial alarm creation';

/** An alarm as `GET /local/alarms` shows it. */
export type AlarmStatus = ReturnType<ReturnType<typeof createAlarmWatch>['status']>[number];

export interface AlarmWatchOptions {
  readonly alarms: readonly Alarm[];
  readonly store: Pick<MetricStore, 'between'>;
  /** Multiplies periods and the time between evaluations. */
  readonly timeScale: number;
  /** Delivers an e-mail about a change of state to a topic. */
  publish(topicArn: string, email: Email): void;
  /** Is told of an e-mail that could not be delivered, and of an evaluation that failed. */
  onFailure(alarmName: string, error: unknown): void;
}

interface Watched {
  readonly alarm: Alarm;
  state: AlarmState;
  reason: string;
  since: Date;
  evaluated: { readonly at: Date; readonly value: Value } | undefined;
}

/**
 * Watches alarms: each is evaluated once a minute, over minutes that have ended, and its actions are taken when its state
 * changes, never again while it stays. A new one is INSUFFICIENT_DATA, as on AWS, which is no change; that it is OK then is
 * told to nobody.
 */
export function createAlarmWatch(options: AlarmWatchOptions) {
  const { alarms, timeScale, onFailure } = options;
  const minuteMs = EVALUATION_MS * timeScale;
  const graceMs = Math.min(minuteMs * GRACE_SHARE, LONGEST_GRACE_MS);
  const created = new Date();
  const watched = alarms.map<Watched>((alarm) => ({
    alarm,
    state: 'INSUFFICIENT_DATA',
    reason: INITIAL_REASON,
    since: created,
    evaluated: undefined,
  }));
  let timer: NodeJS.Timeout | undefined;

  function evaluateAll(now: number): void {
    for (const each of watched) {
      try {
        evaluateOne(each, now, minuteMs, options);
      } catch (error) {
        onFailure(each.alarm.name, error);
      }
    }
  }

  function schedule(): void {
    const now = Date.now();
    const next = (Math.floor((now - graceMs) / minuteMs) + 1) * minuteMs + graceMs;
    timer = setTimeout(() => {
      evaluateAll(Date.now());
      schedule();
    }, next - now);
    timer.unref();
  }

  return {
    status: () =>
      watched.map(({ alarm, state, reason, since, evaluated }) => ({
        name: alarm.name,
        state,
        reason,
        /** When the state was entered, ISO-8601. */
        since: since.toISOString(),
        /** When it was evaluated last, and the value of the last period then; null where there is none. */
        evaluatedAt: evaluated?.at.toISOString() ?? null,
        value: evaluated?.value ?? null,
      })),
    /** Evaluates at the end of every minute from now on. */
    start() {
      if (watched.length > 0) schedule();
    },
    close: () => clearTimeout(timer),
  };
}

/** Evaluates an alarm over the (scaled) minutes that have ended, and takes its actions when its state changes. */
function evaluateOne(each: Watched, now: number, minuteMs: number, options: AlarmWatchOptions): void {
  const { alarm, state: previous } = each;
  const endMs = Math.floor(now / minuteMs) * minuteMs;
  const datapoints = datapointsOf(alarm, options.store, endMs, alarm.periodSeconds * 1000 * options.timeScale);
  const at = new Date(now);
  each.evaluated = { at, value: datapoints.at(-1)?.value };
  const verdict = evaluate(alarm, datapoints);
  if (verdict === undefined || verdict.state === previous) return;
  const isUnchecked = each.reason === INITIAL_REASON;
  Object.assign(each, { ...verdict, since: at });
  // On AWS an alarm is new once, at its deployment; here at every start, of which nobody wants an "all is well".
  if (isUnchecked && verdict.state === 'OK') return;
  const email = alarmEmail({ ...verdict, alarm, previous, at });
  for (const topicArn of alarm.actions[verdict.state]) options.publish(topicArn, email);
}
