import type { ExecutionState } from '@goal-activity/client/types.ts';

export const STATUSES = [
  'RUNNING',
  'SUCCEEDED',
  'PARTIALLY_SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
] as const satisfies readonly ExecutionState[];

/** Filters of the history, as the address holds them; days are those of the person's calendar. What is empty filters nothing. */
export interface HistoryFilters {
  readonly goalId: string;
  readonly status: ExecutionState | '';
  readonly from: string;
  readonly to: string;
}

export function filtersOf(search: string): HistoryFilters {
  const query = new URLSearchParams(search);
  const get = (name: string) => query.get(name) ?? '';
  const status = STATUSES.find((each) => each === get('status')) ?? '';
  return { goalId: get('goalId'), status, from: get('from'), to: get('to') };
}

/** Whether the first day is after the last one. */
export const isBackwards = ({ from, to }: HistoryFilters): boolean => from !== '' && to !== '' && from > to;

/**
 * The API takes instants, the last one exclusive: the first moment of the first day, and of the day after the last.
 * A day that is none is left out.
 */
export function rangeOf({ from, to }: Pick<HistoryFilters, 'from' | 'to'>): { from?: string; to?: string } {
  const midnight = (key: 'from' | 'to', day: string, plusDays: number) => {
    const [year, month, date] = day.split('-').map(Number);
    if (year === undefined || month === undefined || date === undefined) return {};
    const time = new Date(year, month - 1, date + plusDays);
    return Number.isNaN(time.getTime()) ? {} : { [key]: time.toISOString() };
  };
  return { ...midnight('from', from, 0), ...midnight('to', to, 1) };
}
