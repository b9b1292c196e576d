import type { ExecutionHistory, HistoryEvent } from '@goal-activity/client/types.ts';
import { type Phase, phasesOf } from '../cells.ts';

/** What `barsOf` makes of the states of a run. */
export type Bars = ReturnType<typeof barsOf>;

/**
 * The bars of a run, in order of their start. A state that has not ended lasts until the end of what is known.
 * @returns of each, `left` and `width` as shares of the whole, 0 to 1; and how long all of it took, in milliseconds
 */
export function barsOf(states: ExecutionHistory['states']) {
  const begin = Math.min(...states.map(({ startDate }) => Date.parse(startDate)));
  const known = states.map(({ state, count, startDate, stopDate, durationMs }) => {
    const lastedMs = stopDate === null ? durationMs : Date.parse(stopDate) - Date.parse(startDate);
    return { state, count, startMs: Date.parse(startDate) - begin, durationMs: lastedMs };
  });
  const end = Math.max(...known.map(({ startMs, durationMs }) => startMs + (durationMs ?? 0)));
  const totalMs = Math.max(1, end);
  const bars = known.map((bar) => {
    const durationMs = bar.durationMs ?? end - bar.startMs;
    return { ...bar, durationMs, left: bar.startMs / totalMs, width: durationMs / totalMs };
  });
  return { bars: bars.sort((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs), totalMs };
}

/** A call of a task for an action; `left` and `width` are shares of the whole run. */
export interface Attempt {
  readonly state: string;
  /** From 1. */
  readonly number: number;
  readonly at: string;
  /** Null where it is not known. */
  readonly durationMs: number | null;
  /** Class of the error; null when it succeeded, or was cut off. */
  readonly error: string | null;
  readonly left: number;
  readonly width: number;
}

export interface ActionRow {
  readonly actionId: string;
  readonly position: number;
  readonly phase: Phase;
  readonly attempts: readonly Attempt[];
  /** From its first attempt to the end of its last, waits between them included; null where it is not known. */
  readonly durationMs: number | null;
}

/** The states that call something for an action; the others note what became of it. */
const CALLS: ReadonlySet<string | null> = new Set(['GenerateTasks', 'SaveTasks']);

type Call = Omit<Attempt, 'left' | 'width'>;

/** The calls for an action. The first one is the entry of the state, which lasts until the last one ends. */
function callsOf(events: readonly HistoryEvent[]): Call[] {
  const calls: Call[] = [];
  for (const { kind, state, at, durationMs, error, attempt } of events) {
    const number = attempt ?? 1;
    if (kind === 'failure') {
      const last = calls.at(-1);
      const isOfLast = last !== undefined && last.state === state && last.number === number;
      // Where the history is made of what was recorded, there is no entry, and the failure is all that is known.
      const failed = isOfLast ? calls.pop() : undefined;
      calls.push({ at, ...failed, state: state ?? '', number, durationMs, error });
    } else if (state !== null && CALLS.has(state)) {
      calls.push({ state, number, at, durationMs, error: null });
    }
  }
  return calls;
}

/** What lasted from the first call to the end of the last one. */
function spanOf(calls: readonly Call[]): number | null {
  const known = calls.flatMap(({ at, durationMs }) =>
    durationMs === null ? [] : [[Date.parse(at), durationMs] as const],
  );
  if (known.length === 0) return null;
  const start = Math.min(...known.map(([at]) => at));
  return Math.max(...known.map(([at, durationMs]) => at + durationMs)) - start;
}

/** What `rowsOf` makes of a run. */
export type Rows = ReturnType<typeof rowsOf>;

/**
 * A row for each action of a run, in their order, with its attempts over the time that the run took.
 * @returns also when the run began, in milliseconds since the epoch, and how long it took, in milliseconds
 */
export function rowsOf(
  { events }: Pick<ExecutionHistory, 'events'>,
  run: Parameters<typeof phasesOf>[0] & { startDate: string },
) {
  const beginMs = Math.min(Date.parse(run.startDate), ...events.map(({ at }) => Date.parse(at)));
  const ends = events.map(({ at, kind, durationMs }) => Date.parse(at) + (kind === 'state' ? (durationMs ?? 0) : 0));
  const totalMs = Math.max(1, ...ends.map((end) => end - beginMs));
  const byAction = Map.groupBy(events, ({ actionId }) => actionId);
  const phases = phasesOf(run);
  const rows = run.outcomes.map(({ actionId, position }): ActionRow => {
    const calls = callsOf(byAction.get(actionId) ?? []);
    const attempts = calls.map((call) => ({
      ...call,
      left: (Date.parse(call.at) - beginMs) / totalMs,
      width: (call.durationMs ?? 0) / totalMs,
    }));
    return { actionId, position, phase: phases.get(actionId) ?? 'idle', attempts, durationMs: spanOf(calls) };
  });
  return { rows: sortRows(rows, 'order'), beginMs, totalMs };
}

export const SORTS = ['order', 'duration', 'state'] as const;
export type Sort = (typeof SORTS)[number];

/** What needs a look comes first. */
const PHASE_ORDER: readonly Phase[] = ['failed', 'cancelled', 'waiting', 'generating', 'idle', 'earlier', 'saved'];

const COMPARE: Readonly<Record<Sort, (a: ActionRow, b: ActionRow) => number>> = {
  order: () => 0,
  duration: (a, b) => (b.durationMs ?? -1) - (a.durationMs ?? -1),
  state: (a, b) => PHASE_ORDER.indexOf(a.phase) - PHASE_ORDER.indexOf(b.phase),
};

/** By the order of the actions, by duration, the longest first, or by how they ended; the order decides between equals. */
export const sortRows = (rows: readonly ActionRow[], by: Sort): ActionRow[] =>
  rows.toSorted((a, b) => COMPARE[by](a, b) || a.position - b.position);
