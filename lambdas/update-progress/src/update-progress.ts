import type { Executions } from '@goal-activity/core/execution/executions.ts';
import { failureReason } from '@goal-activity/core/execution/failure-reason.ts';
import { recordProgress } from '@goal-activity/core/execution/progress.ts';
import type { ActionResult } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;

/**
 * Records an action that failed for good. When the action turns out to be SAVED (the save's answer was lost), that
 * success stands and is the result (rule 6).
 */
async function recordFailure(
  executions: Executions,
  executionArn: string,
  { actionId, position, error }: NonNullable<Input['failure']>,
): Promise<ActionResult> {
  const failure = { error: error.Error, reason: failureReason(error) };
  if (await executions.endOutcome(executionArn, position, { outcome: 'FAILED', ...failure })) {
    return { actionId, position, outcome: 'FAILED', taskCount: 0, ...failure };
  }
  const row = await executions.outcome(executionArn, position);
  const outcome = row === undefined || row.outcome === 'PENDING' ? 'FAILED' : row.outcome;
  return { actionId, position, outcome, taskCount: row?.taskCount ?? 0, ...(outcome === 'FAILED' ? failure : {}) };
}

/** Brings the record's counts up to the outcomes, after recording a failure if one is given. */
export async function updateProgress(
  executions: Executions,
  { executionArn, failure }: Input,
): Promise<ActionResult | { executionArn: string }> {
  const result = failure && (await recordFailure(executions, executionArn, failure));
  await recordProgress(executions, executionArn);
  return result ?? { executionArn };
}
