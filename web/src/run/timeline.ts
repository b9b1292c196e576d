import type { ExecutionHistory } from '@goal-activity/client/types.ts';

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
