import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from './boundary.ts';
import { usageOf } from './cost.ts';
import type { Database } from './database.ts';
import { estimateSecondsRemaining } from './estimate.ts';
import { countOutcomes, EXECUTION, updateOpenExecution } from './executions.ts';
import type { ExecutionRow, OutcomeProgress } from './types.ts';
import * as validators from './validators.generated.js';

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

/**
 * Writes to an open record what its outcomes say. A smaller count, read earlier by another step, never replaces a larger
 * one: progress never falls.
 * @param graceMs with it, a record that was written so short a time ago is left as it is
 * @returns when the record was written last, as far as this call can tell
 */
export async function recordProgress(db: Database, executionArn: string, now: Date, graceMs?: number): Promise<Date> {
  const { record, outcomes } = await readProgress(db, executionArn);
  const staleFrom = graceMs === undefined ? undefined : new Date(now.getTime() - graceMs).toISOString();
  if (staleFrom !== undefined && record.progressAt !== undefined && record.progressAt > staleFrom)
    return new Date(record.progressAt);
  const extra =
    staleFrom === undefined
      ? { condition: 'processedActions <= :processedActions', values: {} }
      : {
          condition:
            'processedActions <= :processedActions AND (attribute_not_exists(progressAt) OR progressAt <= :staleFrom)',
          values: { ':staleFrom': staleFrom },
        };
  await updateOpenExecution(db, executionArn, progressFields(record, outcomes, now), extra);
  return now;
}
