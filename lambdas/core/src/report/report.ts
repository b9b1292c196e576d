import { leaveSweep, noteTold } from '../execution/due.ts';
import type { OnEnded } from '../execution/executions.ts';
import { isIn, RUNNING } from '../execution/records.ts';
import { endedStatus } from '../execution/settle.ts';
import type { Log } from '../log/logger.ts';
import type { ExecutionRow } from '../types.ts';
import { type AlertTools, isToldByMachine, sendAlert } from './alert.ts';

/** What it takes to do what is due of a settled record. */
export interface ReportTools extends AlertTools {
  /** Does nothing when they are written already. */
  readonly writeMetrics: OnEnded;
  readonly log: Log;
}

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
  const { executions, log, writeMetrics } = tools;
  const { executionArn, goalId, status, notify } = record;
  if (record.metrics === 'pending') await writeMetrics(record, await executions.outcomes(executionArn));
  let isTold = notify !== 'pending';
  if (notify === 'machine') {
    const description = await describe();
    if (description !== undefined && endedStatus(description.status) === undefined) return;
    isTold = description !== undefined && isToldByMachine(description.status, description.error);
    if (isTold) await noteTold(executions, executionArn, 'machine');
  }
  if (!isTold && (await sendAlert(tools, record))) {
    const fields = { executionArn, goalId, status, errorName: record.error ?? status };
    log.error('execution ended abnormally, alert sent', fields);
  }
  if (isIn(RUNNING, record)) await leaveSweep(executions, executionArn);
}
