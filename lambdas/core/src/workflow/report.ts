import { leaveSweep, markTold } from '../execution/due.ts';
import { listOutcomes, RUNNING_SHARD } from '../execution/executions.ts';
import type { Log } from '../log/logger.ts';
import type { ExecutionRow } from '../types.ts';
import { type AlertTools, deliverNotification, isToldByMachine, LEASE_MS } from './notify.ts';
import { endedStatus, type RepairTools, repair, staleness } from './repair.ts';
import type { OnEnded } from './settle.ts';

/** What it takes to do what is due of a settled record. */
export interface ReportTools extends AlertTools {
  /** Does nothing when they are written already. */
  readonly writeMetrics: OnEnded;
  readonly log: Log;
}

/** What a sweep takes. */
export interface SweepTools extends RepairTools, ReportTools {}

/**
 * Whether something is due of a settled record, judged from the record alone: it is still in the sweep's part of the index, those who
 * usually do it have had their time, and nobody sends its message at this moment.
 */
export function isUnreported(record: ExecutionRow, now: Date, graceMs: number): boolean {
  const { status, runningShard, stoppedAt, startedAt, notifyClaimedAt, notify } = record;
  if (status === 'RUNNING' || runningShard !== RUNNING_SHARD) return false;
  const age = (since: string) => now.getTime() - Date.parse(since);
  const isBeingSent = notify === 'pending' && notifyClaimedAt !== undefined && age(notifyClaimedAt) <= LEASE_MS;
  return age(stoppedAt ?? startedAt) > graceMs && !isBeingSent;
}

/** Whether the sweep has anything to do with a record. */
export const needsSweep = (record: ExecutionRow, now: Date, tools: SweepTools) =>
  staleness(record, now, tools) !== 'fresh' || isUnreported(record, now, tools.startGraceMs);

/** How Step Functions says that an execution stands or ended; undefined when it knows none. */
type Description = { readonly status: string; readonly error?: string | null | undefined } | undefined;

/**
 * Does what is due of a settled record: writes its metrics, and makes sure that people are told. Safe to repeat, and for
 * several at once.
 * @param describe asked only where the state machine was to tell people: while it runs it still may
 */
export async function report(
  tools: ReportTools,
  record: ExecutionRow,
  describe: () => Promise<Description>,
): Promise<void> {
  const { db, log, writeMetrics } = tools;
  const { executionArn, goalId, status, notify } = record;
  if (record.metrics === 'pending') await writeMetrics(record, await listOutcomes(db, executionArn));
  let isTold = notify !== 'pending';
  if (notify === 'machine') {
    const description = await describe();
    if (description !== undefined && endedStatus(description.status) === undefined) return;
    isTold = description !== undefined && isToldByMachine(description.status, description.error);
    if (isTold) await markTold(db, executionArn, 'machine');
  }
  if (!isTold && (await deliverNotification(tools, record))) {
    const fields = { executionArn, goalId, status, errorName: record.error ?? status };
    log.error('execution ended abnormally, alert sent', fields);
  }
  if (record.runningShard === RUNNING_SHARD) await leaveSweep(db, executionArn);
}

/**
 * What the sweep does with a record: repairs it, and does what is due once it is settled.
 * @throws TransientError when a service does not answer; nothing is lost, the next sweep tries again
 */
export async function sweep(tools: SweepTools, record: ExecutionRow, now: Date): Promise<void> {
  const repaired = await repair(tools, record, now);
  if (repaired.status !== 'RUNNING') await report(tools, repaired, () => tools.workflow.describe(record.executionArn));
}
