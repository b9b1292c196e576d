import { finishCancel } from '@goal-activity/core/execution/cancel.ts';
import { failureReason } from '@goal-activity/core/execution/failure-reason.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { settlementOf } from '@goal-activity/core/report/notification.ts';
import { type ReportTools, report } from '@goal-activity/core/report/report.ts';
import type { Settlement } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { caughtSchema, statusEventSchema } from './schema.ts';

export type Caught = FromSchema<typeof caughtSchema>;
export type StatusEvent = FromSchema<typeof statusEventSchema>;

/** The state HandleError: settles as FAILED; the states after it publish the alert. */
export async function handleCaught(
  { executionArn, error }: Caught,
  { executions, log, readers }: ReportTools,
): Promise<Settlement> {
  const cause = failureReason(error);
  log.error('execution failed', { executionArn, errorName: error.Error, errorMessage: cause });
  const end = { status: 'FAILED', error: error.Error, cause, notify: 'machine' } as const;
  const record = await settle(executions, executionArn, end);
  // No record: a claim that was taken back, or a stranger's execution. There is nothing to settle and nobody to tell.
  if (record === undefined) return { executionArn, status: 'FAILED', next: 'NONE' };
  return settlementOf(record, () => executions.outcomes(executionArn), readers);
}

/**
 * A status event (rule 4): an execution that timed out, was aborted or failed may have run no Catch. Settles it, tells
 * people and writes the metrics as far as nobody has, once, however often, late or out of order the event comes.
 */
export async function handleStatusEvent({ detail }: StatusEvent, tools: ReportTools): Promise<Settlement> {
  const { executions, log } = tools;
  const { executionArn, status, error, cause } = detail;
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') {
    return { executionArn, status: 'RUNNING', next: 'NONE' };
  }
  const end = { status, error: error ?? undefined, cause: cause ?? undefined, notify: 'pending' } as const;
  const settled = await settle(executions, executionArn, end);
  if (settled?.status === 'RUNNING' && settled.cancelRequestedAt !== undefined) await finishCancel(executions, settled);
  const record = settled && (await executions.get(executionArn));
  if (record === undefined) {
    log.warn('status event of an execution without a record', { executionArn, status });
    return { executionArn, status, next: 'NONE' };
  }
  await report(tools, record, async () => detail);
  return { executionArn, status: record.status, next: 'NONE' };
}
