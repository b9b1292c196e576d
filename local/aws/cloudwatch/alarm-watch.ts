import { type Alarm, type AlarmState, datapointsOf, evaluate, type Verdict } from './alarm.ts';
import { alarmEmail, type Email } from './alarm-email.ts';
import type { Value } from './expression.ts';
import type { MetricStore } from './metric-store.ts';

/** CloudWatch evaluates an alarm once a minute, whatever its period. */
export const EVALUATION_MS = 60_000;
/** Data of a minute that has ended may be on its way still: what part of a minute is waited for it, and how long at most. */
const GRACE_SHARE = 0.1;
const LONGEST_GRACE_MS = 1000;

const INITIAL_REASON = 'Unchecked: Initial alarm creation';

/** Lines of the history that are kept, over all alarms. */
const HISTORY = 1000;

export type AlarmWatch = ReturnType<typeof createAlarmWatch>;
/** An alarm as `GET /local/alarms` shows it. */
export type AlarmStatus = ReturnType<typeof statusOf>;

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

/** A line of the history of an alarm: a change of its state, or what came of an action. */
interface HistoryItem {
  readonly alarmName: string;
  readonly kind: 'StateUpdate' | 'Action';
  readonly at: Date;
  readonly summary: string;
}

interface Watched {
  readonly alarm: Alarm;
  state: AlarmState;
  reason: string;
  since: Date;
  evaluated: { readonly at: Date; readonly value: Value } | undefined;
}

const statusOf = ({ alarm, state, reason, since, evaluated }: Watched) => ({
  name: alarm.name,
  state,
  reason,
  /** When the state was entered, ISO-8601. */
  since: since.toISOString(),
  /** When it was evaluated last, and the value of the last period then; null where there is none. */
  evaluatedAt: evaluated?.at.toISOString() ?? null,
  value: evaluated?.value ?? null,
});

/**
 * Puts alarms into another state, and takes their actions.
 * @returns how, and what it has noted: each change, and each action whatever came of it, oldest first
 */
function createTransitions({ publish, onFailure }: Pick<AlarmWatchOptions, 'publish' | 'onFailure'>) {
  const history: HistoryItem[] = [];
  function enter(each: Watched, state: AlarmState, reason: string, at: Date, isTold = true): void {
    const { alarm, state: previous } = each;
    Object.assign(each, { state, reason, since: at });
    const note = (kind: HistoryItem['kind'], summary: string) =>
      void history.push({ alarmName: alarm.name, kind, at, summary });
    note('StateUpdate', `Alarm updated from ${previous} to ${state}`);
    for (const topicArn of isTold ? alarm.actions[state] : []) {
      try {
        publish(topicArn, alarmEmail({ state, reason, alarm, previous, at }));
        note('Action', `Successfully executed action ${topicArn}`);
      } catch (error) {
        note('Action', `Failed to execute action ${topicArn}. Received error: "${String(error)}"`);
        onFailure(alarm.name, error);
      }
    }
    history.splice(0, history.length - HISTORY);
  }
  return { history, enter };
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
  const { history, enter } = createTransitions(options);
  let timer: NodeJS.Timeout | undefined;

  function evaluateAll(now: number): void {
    for (const each of watched) {
      try {
        const verdict = verdictOn(each, now, minuteMs, options);
        // On AWS an alarm is new once, at its deployment; here at every start, of which nobody wants an "all is well".
        const isTold = each.reason !== INITIAL_REASON || verdict?.state !== 'OK';
        if (verdict !== undefined) enter(each, verdict.state, verdict.reason, new Date(now), isTold);
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
    status: () => watched.map(statusOf),
    /** Every alarm with its state. */
    details: (): readonly Readonly<Watched>[] => watched,
    /** Changes and actions of all alarms, oldest first. */
    history: (): readonly HistoryItem[] => history,
    /** Sets the state of an alarm by hand, as far as it is another one. @returns whether there is such an alarm */
    set(name: string, state: AlarmState, reason: string): boolean {
      const each = watched.find(({ alarm }) => alarm.name === name);
      if (each !== undefined && each.state !== state) enter(each, state, reason, new Date());
      return each !== undefined;
    },
    /** Evaluates at the end of every minute from now on. */
    start() {
      if (watched.length > 0) schedule();
    },
    close: () => clearTimeout(timer),
  };
}

/** Evaluates an alarm over the (scaled) minutes that have ended. @returns its new state; undefined when that is the old one */
function verdictOn(each: Watched, now: number, minuteMs: number, options: AlarmWatchOptions): Verdict | undefined {
  const { alarm, state } = each;
  const endMs = Math.floor(now / minuteMs) * minuteMs;
  const datapoints = datapointsOf(alarm, options.store, endMs, alarm.periodSeconds * 1000 * options.timeScale);
  each.evaluated = { at: new Date(now), value: datapoints.at(-1)?.value };
  const verdict = evaluate(alarm, datapoints);
  return verdict?.state === state ? undefined : verdict;
}
