import { getExecution, listOutcomes } from '@goal-activity/core/execution/executions.ts';
import { failureReason } from '@goal-activity/core/execution/failure.ts';
import type { ExecutionRow, Settlement } from '@goal-activity/core/types.ts';
import { finishCancel } from '@goal-activity/core/workflow/cancel.ts';
import { settlementOf } from '@goal-activity/core/workflow/notification.ts';
import { type ReportTools, report } from '@goal-activity/core/workflow/report.ts';
import { type OnEnded, settle } from '@goal-activity/core/workflow/settle.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { caughtSchema, statusEventSchema } from './schema.ts';

export type Caught = FromSchema<typeof caughtSchema>;
export type StatusEvent = FromSchema<typeof statusEventSchema>;

export interface Collaborators extends ReportTools {
  readonly onEnded: OnEnded;
  readonly now: Date;
}

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

/** Settles an execution that Step Functions says has ended, or finishes its cancel. @returns the record; undefined without one */
async function settleEnded(
  { executionArn, error, cause }: StatusEvent['detail'],
  status: 'FAILED' | 'TIMED_OUT' | 'ABORTED',
  { db, now, onEnded }: Collaborators,
): Promise<ExecutionRow | undefined> {
  const record = await getExecution(db, executionArn);
  if (record === undefined) return undefined;
  if (record.status === 'RUNNING' && record.cancelRequestedAt !== undefined) {
    return finishCancel(db, record, now, onEnded);
  }
  const end = { status, error: error ?? undefined, cause: cause ?? undefined, notify: 'pending' } as const;
  return settle(db, executionArn, end, now, onEnded);
}

/**
 * A status event (rule 4): an execution that timed out, was aborted or failed may have run no Catch. Settles it, tells
 * people and writes the metrics as far as nobody has, once, however often, late or out of order the event comes.
 */
export async function handleStatusEvent({ detail }: StatusEvent, collaborators: Collaborators): Promise<Settlement> {
  const { executionArn, status } = detail;
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') {
    return { executionArn, status: 'RUNNING', next: 'NONE' };
  }
  const record = await settleEnded(detail, status, collaborators);
  if (record === undefined) {
    collaborators.log.warn('status event of an execution without a record', { executionArn, status });
    return { executionArn, status, next: 'NONE' };
  }
  await report(collaborators, record, async () => detail);
  return { executionArn, status: record.status, next: 'NONE' };
}
