import { executionNotFound, Problem } from '@goal-activity/core/errors.ts';
import type { Log } from '@goal-activity/core/log/logger.ts';
import type { ExecutionRow } from '@goal-activity/core/types.ts';
import type { Workflow } from '@goal-activity/core/workflow/workflow.ts';

export interface Collaborators {
  getExecution(executionArn: string): Promise<ExecutionRow | undefined>;
  /** Notes the wish on an open record. @returns false when it is not open any more */
  requestCancel(executionArn: string, userId: string, reason: string): Promise<boolean>;
  /** Fences, cleans up and settles; safe to repeat. */
  finishCancel(record: ExecutionRow): Promise<ExecutionRow | undefined>;
  readonly workflow: Pick<Workflow, 'stop'>;
  readonly log: Log;
}

/**
 * Cancels an execution (requirement 9). The wish is written first: from then on nobody else may settle the execution,
 * and whoever finds it unfinished (status event, status, start, sweep) finishes it. A second cancel meanwhile joins in;
 * one that comes when it is done finds it done.
 * @throws Problem execution_not_found, execution_ended
 */
export async function cancelWorkflow(
  executionArn: string,
  userId: string,
  reason: string,
  { getExecution, requestCancel, finishCancel, workflow, log }: Collaborators,
): Promise<void> {
  const found = await getExecution(executionArn);
  if (found?.userId !== userId) throw executionNotFound();
  const requested = await requestCancel(executionArn, userId, reason);
  const record = await getExecution(executionArn);
  if (record?.cancelRequestedAt === undefined) {
    throw new Problem(
      409,
      'execution_ended',
      'The execution has ended',
      `Its status is ${record?.status ?? found.status}.`,
    );
  }
  if (record.status !== 'RUNNING') return;
  if (requested) log.info('cancel requested', { executionArn, goalId: record.goalId, userId, reason });
  await workflow.stop(executionArn, 'ABORT', record.cancelReason ?? reason);
  await finishCancel(record);
  log.info('execution cancelled', { executionArn, goalId: record.goalId, userId });
}
