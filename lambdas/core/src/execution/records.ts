import type { ExecutionRow } from '../types.ts';

/** Sort key of an execution's record. */
export const EXECUTION = 'EXECUTION';
/** Requirement 13: history is kept this long; TTL removes older rows, which archive-executions archived soon after they ended. */
export const HISTORY_DAYS = 90;

/**
 * Value of `runningShard` in every row that the sweep must look at: from the claim until the execution is settled, its
 * metrics are written and people have been told. One value, hence one partition of the index, serves 1,000 writes a
 * second, far more than executions start.
 */
export const RUNNING_SHARD = 'RUNNING';
/** Value of `runningShard` from then on, until the execution is archived: a partition of its own, which the sweep does not read. */
export const UNARCHIVED_SHARD = 'UNARCHIVED';

/** An execution that no one may change any more, or that is being cancelled, is not open. Its value: `OPEN_VALUES`. */
export const OPEN = '#status = :running AND attribute_not_exists(cancelRequestedAt)';
export const OPEN_VALUES = { running: 'RUNNING' };
export const isOpen = (record: ExecutionRow | undefined): record is ExecutionRow =>
  record?.status === 'RUNNING' && record.cancelRequestedAt === undefined;

/** Milliseconds from the claim to the end; 0 before the end. */
export function durationOf({ startedAt, stoppedAt }: ExecutionRow): number {
  return stoppedAt === undefined ? 0 : Math.max(0, Date.parse(stoppedAt) - Date.parse(startedAt));
}
