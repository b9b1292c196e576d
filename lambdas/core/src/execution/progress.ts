import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import type { Database } from '../aws/database.ts';
import type { ExecutionRow, OutcomeProgress } from '../types.ts';
import * as validators from '../validators.generated.js';
import { usageOf } from './cost.ts';
import { estimateSecondsRemaining } from './estimate.ts';
import { countOutcomes, EXECUTION, updateOpenExecution } from './executions.ts';

/** `floor(100 × processed / total)`; 0 of nothing. */
export const percentageOf = (processed: number, total: number) =>
  total === 0 ? 0 : Math.floor((100 * processed) / total);

/** What the record of an execution that has ended says of its progress. */
export const endedProgress = (now: Date) => ({
  progressPercentage: 100,
  estimatedSecondsRemaining: 0,
  progressAt: now.toISOString(),
});

/** The fields of a running execution's record that say how far it is. */
export function progressFields(
  record: Pick<ExecutionRow, 'confirmedAt'>,
  outcomes: readonly OutcomeProgress[],
  now: Date,
) {
  const { total, processed, saved, failed, tasks } = countOutcomes(outcomes);
  return {
    processedActions: processed,
    savedActions: saved,
    failedActions: failed,
    taskCount: tasks,
    usage: usageOf(outcomes),
    progressPercentage: percentageOf(processed, total),
    estimatedSecondsRemaining: estimateSecondsRemaining(record, outcomes, now),
    progressAt: now.toISOString(),
  };
}

/** Reads of an execution only what its progress needs, in one query, consistently. */
export async function readProgress(db: Database, executionArn: string) {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.executions,
      KeyConditionExpression: 'executionArn = :executionArn',
      ProjectionExpression: 'sk, outcome, taskCount, #usage, failedAttempts, updatedAt, confirmedAt, progressAt',
      ExpressionAttributeNames: { '#usage': 'usage' },
      ExpressionAttributeValues: { ':executionArn': executionArn },
      ConsistentRead: true,
    }),
  );
  const record = Items.find(({ sk }) => sk === EXECUTION) ?? {};
  return {
    record: parse(validators.recordProgress, record, 'An execution row'),
    outcomes: Items.filter((item) => item !== record).map((item) =>
      parse(validators.outcomeProgress, item, 'An outcome row'),
    ),
  };
}

/** A smaller count, read earlier by another step, never replaces a larger one: progress never falls. */
const NEVER_FALLS = 'processedActions <= :processedActions';

/** Writes to an open record what its outcomes say. */
export async function recordProgress(db: Database, executionArn: string, now: Date): Promise<void> {
  const { record, outcomes } = await readProgress(db, executionArn);
  const fields = progressFields(record, outcomes, now);
  await updateOpenExecution(db, executionArn, fields, { condition: NEVER_FALLS, values: {} });
}

/**
 * The same, unless the record was written less than `graceMs` ago: of several that find it old, one writes it.
 * @returns when the record was written last, as far as this call can tell
 */
export async function renewProgress(db: Database, executionArn: string, now: Date, graceMs: number): Promise<Date> {
  const { record, outcomes } = await readProgress(db, executionArn);
  const writtenAt = new Date(record.progressAt ?? Number.NaN);
  if (now.getTime() - writtenAt.getTime() < graceMs) return writtenAt;
  await updateOpenExecution(db, executionArn, progressFields(record, outcomes, now), {
    condition: `${NEVER_FALLS} AND (attribute_not_exists(progressAt) OR progressAt <= :oldFrom)`,
    values: { ':oldFrom': new Date(now.getTime() - graceMs).toISOString() },
  });
  return now;
}
