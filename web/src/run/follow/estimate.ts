import type { ExecutionStatus } from '@goal-activity/client/types.ts';

/** When an answer came, by the clock of this device, and how far the service's clock is ahead of that; milliseconds. */
export interface Answered {
  readonly at: number;
  readonly aheadMs: number;
}

/** @param date header `Date` of the answer; null where there is none: then both clocks are taken for right */
export function answered(date: string | null, now: number): Answered {
  const served = Date.parse(date ?? '');
  return { at: now, aheadMs: Number.isNaN(served) ? 0 : served - now };
}

/**
 * What is known of the time of a run that is under way: `left` counts down from the last news, and is undefined once it is
 * over. The API never says less than 1 s, so of a run that takes longer than it could expect it says that again and again.
 * @param now by the clock of this device; milliseconds
 * @returns seconds
 */
export function timeOf(
  { startDate, estimatedSecondsRemaining }: Pick<ExecutionStatus, 'startDate' | 'estimatedSecondsRemaining'>,
  { at, aheadMs }: Answered,
  now: number,
): { readonly elapsed: number; readonly left: number | undefined } {
  const left = estimatedSecondsRemaining - (now - at) / 1000;
  return {
    elapsed: Math.max(0, Math.floor((now + aheadMs - Date.parse(startDate)) / 1000)),
    left: estimatedSecondsRemaining > 1 && left >= 1 ? Math.floor(left) : undefined,
  };
}
