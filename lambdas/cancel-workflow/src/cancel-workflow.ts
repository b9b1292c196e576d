import type { Workflow } from '@goal-activity/core/aws/step-functions.ts';
import { executionNotFound, Problem } from '@goal-activity/core/errors.ts';
import { finishCancel } from '@goal-activity/core/execution/cancel.ts';
import type { Executions } from '@goal-activity/core/execution/executions.ts';
import type { Log } from '@goal-activity/core/log/logger.ts';

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
  tools: { readonly executions: Executions; readonly workflow: Pick<Workflow, 'stop'>; readonly log: Log },
): Promise<void> {
  const { executions, workflow, log } = tools;
  const found = await executions.get(executionArn);
  if (found?.userId !== userId) throw executionNotFound();
  const requested = await executions.changeOpen(executionArn, {
    cancelRequestedAt: executions.now().toISOString(),
    cancelRequestedBy: userId,
    cancelReason: reason,
  });
  const record = await executions.get(executionArn);
  if (record?.cancelRequestedAt === undefined) {
    const detail = `Its status is ${record?.status ?? found.status}.`;
    throw new Problem(409, 'execution_ended', 'The execution has ended', detail);
  }
  if (record.status !== 'RUNNING') return;
  if (requested) log.info('cancel requested', { executionArn, goalId: record.goalId, userId, reason });
  await workflow.stop(executionArn, 'ABORT', record.cancelReason ?? reason);
  await finishCancel(executions, record);
  log.info('execution cancelled', { executionArn, goalId: record.goalId, userId });
}
