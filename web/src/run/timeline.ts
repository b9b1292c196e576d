import type { ExecutionHistory } from '../api/types.ts';

/** One bar of the chart; start and length are shares of the whole, 0 to 1. */
export interface Bar {
  readonly state: string;
  readonly count: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly left: number;
  readonly width: number;
}

/**
 * The bars of a run, in order of their start. A state that has not ended lasts until the end of what is known.
 * @returns also how long all of it took, in milliseconds
 */
export function barsOf(states: ExecutionHistory['states']): { bars: Bar[]; totalMs: number } {
  const known = states.map(({ state, count, startDate, stopDate, durationMs }) => {
    const start = Date.parse(startDate);
    const stop = stopDate === null ? start + (durationMs ?? 0) : Date.parse(stopDate);
    return { state, count, start, stop, isOpen: stopDate === null && durationMs === null };
  });
  if (known.length === 0) return { bars: [], totalMs: 0 };
  const begin = Math.min(...known.map(({ start }) => start));
  const end = Math.max(...known.map(({ stop }) => stop));
  const totalMs = Math.max(1, end - begin);
  const bars = known
    .map(({ state, count, start, stop, isOpen }) => {
      const durationMs = (isOpen ? end : stop) - start;
      return {
        state,
        count,
        startMs: start - begin,
        durationMs,
        left: (start - begin) / totalMs,
        width: durationMs / totalMs,
      };
    })
    .sort((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs);
  return { bars, totalMs };
}

/** Filters of the history, as the address holds them; days are those of the person's calendar. */
export interface HistoryFilters {
  readonly goalId: string;
  readonly status: string;
  readonly from: string;
  readonly to: string;
}

export function filtersOf(search: string): HistoryFilters {
  const query = new URLSearchParams(search);
  const get = (name: string) => query.get(name) ?? '';
  return { goalId: get('goalId'), status: get('status'), from: get('from'), to: get('to') };
}

/**
 * The API takes instants, the last one exclusive: the first moment of the first day, and of the day after the last.
 * A day that is none is left out.
 */
export function rangeOf(from: string, to: string): { from: string | undefined; to: string | undefined } {
  const midnight = (day: string, plusDays: number): string | undefined => {
    const [year, month, date] = day.split('-').map(Number);
    if (year === undefined || month === undefined || date === undefined) return undefined;
    const time = new Date(year, month - 1, date + plusDays);
    return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
  };
  return { from: midnight(from, 0), to: midnight(to, 1) };
}
