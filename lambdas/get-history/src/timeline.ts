import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { readStateEntries, type StateEntry } from './state-entries.ts';

/** Something that happened, as the API answers it (docs/openapi.yaml, `HistoryEvent`). */
export interface TimelineEvent {
  readonly id: number;
  readonly at: string;
  readonly kind: 'state' | 'attempt' | 'failure' | 'end';
  readonly state: string | null;
  readonly actionId: string | null;
  readonly durationMs: number | null;
  readonly error: string | null;
  readonly attempt: number | null;
}

/** All entries of a state together. */
export interface StateTime {
  readonly state: string;
  readonly startDate: string;
  /** Null while it is in it. */
  readonly stopDate: string | null;
  /** From the first entry to the last exit. */
  readonly durationMs: number | null;
  readonly count: number;
}

export interface Timeline {
  readonly events: TimelineEvent[];
  readonly states: StateTime[];
}

const date = (at: number) => new Date(at).toISOString();
const span = (from: number, to: number | undefined) => (to === undefined ? null : Math.max(0, to - from));
/** What an event has nothing to say of. */
export const NOTHING = { state: null, actionId: null, durationMs: null, error: null, attempt: null } as const;

/** A entry, its repeated attempts and its failures; the first attempt is the entry itself. */
function eventsOf(entry: StateEntry, cutOffAt: number | undefined): TimelineEvent[] {
  const { eventId: id, state, actionId = null, enteredAt, exitedAt = cutOffAt, attempts } = entry;
  const common = { ...NOTHING, state, actionId };
  const events: TimelineEvent[] = [
    { ...common, id, at: date(enteredAt), kind: 'state', durationMs: span(enteredAt, exitedAt) },
  ];
  for (const { eventId, at, endedAt, failure, number: attempt } of attempts) {
    const durationMs = span(at, endedAt ?? cutOffAt);
    if (attempt > 1) events.push({ ...common, id: eventId, at: date(at), kind: 'attempt', durationMs, attempt });
    if (failure === undefined) continue;
    const { eventId: failedId, error } = failure;
    events.push({ ...common, id: failedId, at: date(endedAt ?? at), kind: 'failure', durationMs, error, attempt });
  }
  return events;
}

function statesOf(entries: readonly StateEntry[], cutOffAt: number | undefined): StateTime[] {
  return [...Map.groupBy(entries, ({ state }) => state)].map(([state, all]) => {
    const start = Math.min(...all.map(({ enteredAt }) => enteredAt));
    const stops = all.flatMap(({ exitedAt = cutOffAt }) => exitedAt ?? []);
    const stop = stops.length < all.length ? undefined : Math.max(...stops);
    return {
      state,
      startDate: date(start),
      stopDate: stop === undefined ? null : date(stop),
      durationMs: span(start, stop),
      count: all.length,
    };
  });
}

/**
 * The timeline of an execution from Step Functions' own history, in order of time. States that were left by force, since
 * the execution was stopped or timed out, end with it.
 */
export function timelineOf(history: readonly HistoryEvent[], actionIds: readonly string[]): Timeline {
  const { entries, end } = readStateEntries(history, actionIds);
  const startedAt = history[0]?.timestamp?.getTime() ?? end?.at ?? 0;
  const events = entries.flatMap((entry) => eventsOf(entry, end?.at));
  if (end !== undefined) {
    const { eventId: id, at, error = null } = end;
    events.push({ ...NOTHING, id, at: date(at), kind: 'end', durationMs: span(startedAt, at), error });
  }
  return { events: events.sort((a, b) => a.id - b.id), states: statesOf(entries, end?.at) };
}
