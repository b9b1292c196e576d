import { finishCancel } from '@goal-activity/core/cancel.ts';
import { getExecution, listOutcomes } from '@goal-activity/core/executions.ts';
import { failureReason } from '@goal-activity/core/failure.ts';
import type { Log } from '@goal-activity/core/logger.ts';
import { settlementOf } from '@goal-activity/core/notification.ts';
import type { AlertTools } from '@goal-activity/core/notify.ts';
import { type OnEnded, settle } from '@goal-activity/core/settle.ts';
import type { ExecutionRow, Settlement } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { caughtSchema, statusEventSchema } from './schema.ts';

export type Caught = FromSchema<typeof caughtSchema>;
export type StatusEvent = FromSchema<typeof statusEventSchema>;

export interface Collaborators extends Pick<AlertTools, 'db' | 'runbookUrl'> {
  readonly onEnded: OnEnded;
  readonly log: Log;
  readonly now: Date;
  /** Sends the alert about a settled execution unless it was sent before. */
  deliver(record: ExecutionRow): Promise<boolean>;
}

/** Errors of the state machine's own Fail states: by then NotifyFailure has published, or there was nothing to say. */
const TOLD_BY_MACHINE = new Set(['WorkflowFailed', 'AlreadySettled']);

/** The state HandleError: settles as FAILED; the states after it publish the alert. */
export async function handleCaught(
  { executionArn, error }: Caught,
  { db, log, now, onEnded, runbookUrl }: Collaborators,
): Promise<Settlement> {
  const cause = failureReason(error);
  log.error('execution failed', { executionArn, errorName: error.Error, errorMessage: cause });
  const record = await settle(
    db,
    executionArn,
    { status: 'FAILED', error: error.Error, cause, notify: 'machine' },
    now,
    onEnded,
  );
  // No record: a claim that was taken back, or a stranger's execution. There is nothing to settle and nobody to tell.
  if (record === undefined) return { executionArn, status: 'FAILED', next: 'NONE' };
  return settlementOf(record, await listOutcomes(db, executionArn), runbookUrl);
}

/**
 * A status event (rule 4): an execution that timed out, was aborted or failed may have run no Catch. Settles it and
 * sends the alert, once, however often, late or out of order the event comes.
 */
export async function handleStatusEvent(
  { detail }: StatusEvent,
  { db, log, now, onEnded, deliver }: Collaborators,
): Promise<Settlement> {
  const { executionArn, status } = detail;
  const unsettled = { executionArn, status: 'RUNNING', next: 'NONE' } as const;
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') return unsettled;
  const before = await getExecution(db, executionArn);
  if (before === undefined) {
    log.warn('status event of an execution without a record', { executionArn, status });
    return { ...unsettled, status };
  }
  if (before.status === 'RUNNING' && before.cancelRequestedAt !== undefined) {
    const cancelled = await finishCancel(db, before, now, onEnded);
    return { executionArn, status: cancelled?.status ?? 'ABORTED', next: 'NONE' };
  }
  const record = await settle(
    db,
    executionArn,
    { status, error: detail.error ?? undefined, cause: detail.cause ?? undefined, notify: 'pending' },
    now,
    onEnded,
  );
  if (record === undefined) return { ...unsettled, status };
  const untold =
    record.notify === 'pending' || (record.notify === 'machine' && !TOLD_BY_MACHINE.has(detail.error ?? ''));
  if (untold && (await deliver(record))) {
    log.error('execution ended abnormally, alert sent', {
      executionArn,
      goalId: record.goalId,
      status,
      errorName: record.error ?? status,
    });
  }
  return { executionArn, status: record.status, next: 'NONE' };
}
