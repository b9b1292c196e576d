import type { ExecutionHistory } from '@goal-activity/client/types.ts';

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
