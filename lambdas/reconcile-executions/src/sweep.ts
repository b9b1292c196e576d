import { isIn, RUNNING } from '@goal-activity/core/execution/records.ts';
import { LEASE_MS } from '@goal-activity/core/report/alert.ts';
import { type ReportTools, report } from '@goal-activity/core/report/report.ts';
import type { ExecutionRow } from '@goal-activity/core/types.ts';
import { type RepairTools, repair, staleness } from '@goal-activity/core/workflow/repair.ts';

/** What a sweep takes. */
export interface SweepTools extends RepairTools, ReportTools {}

/**
 * Whether something is due of a settled record, judged from the record alone: it is still in the
 * sweep's part of the index, those who usually do it have had their time, and nobody sends its message at this moment.
 */
function isUnreported(record: ExecutionRow, now: Date, graceMs: number): boolean {
  const { status, stoppedAt, startedAt, notifyClaimedAt, notify } = record;
  if (status === 'RUNNING' || !isIn(RUNNING, record)) return false;
  const age = (since: string) => now.getTime() - Date.parse(since);
  const isBeingSent = notify === 'pending' && notifyClaimedAt !== undefined && age(notifyClaimedAt) <= LEASE_MS;
  return age(stoppedAt ?? startedAt) > graceMs && !isBeingSent;
}

/** Whether the sweep has anything to do with a record, judged from the record alone. */
export function needsSweep(record: ExecutionRow, tools: SweepTools): boolean {
  const now = tools.executions.now();
  return staleness(record, now, tools) !== 'fresh' || isUnreported(record, now, tools.startGraceMs);
}

/**
 * What the sweep does with a record: repairs it, and does what is due once it is settled.
 * @throws TransientError when a service does not answer; nothing is lost, the next sweep tries again
 */
export async function sweep(tools: SweepTools, record: ExecutionRow): Promise<void> {
  const { executions, workflow } = tools;
  const { executionArn } = record;
  const repaired = await repair(tools, record);
  if (repaired.status === 'RUNNING') return;
  // Whoever settled it may have done what was due.
  const settled = repaired === record ? record : await executions.get(executionArn);
  if (settled) await report(tools, settled, () => workflow.describe(executionArn));
}
