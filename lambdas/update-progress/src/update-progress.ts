import type { Database } from '@goal-activity/core/aws/database.ts';
import { endOutcome, getOutcome } from '@goal-activity/core/execution/executions.ts';
import { failureReason } from '@goal-activity/core/execution/failure.ts';
import { recordProgress } from '@goal-activity/core/execution/progress.ts';
import type { ActionResult } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;

/**
 * Records an action that failed for good. When the action turns out to be SAVED (the save's answer was lost), that
 * success stands and is the result (rule 6).
 */
export async function recordFailure(
  db: Database,
  executionArn: string,
  { actionId, position, error }: NonNullable<Input['failure']>,
  now: Date,
): Promise<ActionResult> {
  const failure = { error: error.Error, reason: failureReason(error) };
  if (await endOutcome(db, executionArn, position, { outcome: 'FAILED', ...failure }, now)) {
    return { actionId, position, outcome: 'FAILED', taskCount: 0, ...failure };
  }
  const row = await getOutcome(db, executionArn, position);
  const outcome = row === undefined || row.outcome === 'PENDING' ? 'FAILED' : row.outcome;
  return { actionId, position, outcome, taskCount: row?.taskCount ?? 0, ...(outcome === 'FAILED' ? failure : {}) };
}

/** Brings the record's counts up to the outcomes, after recording a failure if one is given. */
export async function updateProgress(
  db: Database,
  { executionArn, failure }: Input,
  now: Date,
): Promise<ActionResult | { executionArn: string }> {
  const result = failure && (await recordFailure(db, executionArn, failure, now));
  await recordProgress(db, executionArn, now);
  return result ?? { executionArn };
}
