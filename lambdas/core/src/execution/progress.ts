import { parse } from '../aws/boundary.ts';
import type { ExecutionRow, OutcomeProgress } from '../types.ts';
import * as validators from '../validators.generated.js';
import { usageOf } from './cost.ts';
import { estimateSecondsRemaining } from './estimate.ts';
import type { Executions } from './executions.ts';
import { countOutcomes } from './outcomes.ts';

/** `floor(100 × processed / total)`; 0 of nothing. */
export const percentageOf = (processed: number, total: number) =>
  total === 0 ? 0 : Math.floor((100 * processed) / total);

/** The fields of a record that its outcomes decide, whether it runs or has ended. */
export function countedFields(outcomes: readonly OutcomeProgress[]) {
  const { processed, saved, failed, tasks } = countOutcomes(outcomes);
  return {
    processedActions: processed,
    savedActions: saved,
    failedActions: failed,
    taskCount: tasks,
    usage: usageOf(outcomes),
  };
}

/** The fields of a running execution's record that say how far it is. */
export function progressFields(
  record: Pick<ExecutionRow, 'confirmedAt'>,
  outcomes: readonly OutcomeProgress[],
  now: Date,
) {
  const fields = countedFields(outcomes);
  return {
    ...fields,
    progressPercentage: percentageOf(fields.processedActions, outcomes.length),
    estimatedSecondsRemaining: estimateSecondsRemaining(record, outcomes, now),
    progressAt: now.toISOString(),
  };
}

/** What progress needs of rows. */
const PROJECTION = {
  expression: 'sk, outcome, taskCount, #usage, failedAttempts, updatedAt, confirmedAt, progressAt',
  names: { '#usage': 'usage' },
};

/** Reads of an execution only what its progress needs, in one query, consistently. */
export async function readProgress(executions: Executions, executionArn: string) {
  const { record = {}, outcomes } = await executions.readRows(executionArn, PROJECTION);
  return {
    record: parse(validators.recordProgress, record, 'An execution row'),
    outcomes: outcomes.map((row) => parse(validators.outcomeProgress, row, 'An outcome row')),
  };
}

/** A smaller count, read earlier by another step, never replaces a larger one: progress never falls. */
const NEVER_FALLS = 'processedActions <= :processedActions';

/** Writes to an open record what its outcomes say, as of the moment before they are read. */
export async function recordProgress(executions: Executions, executionArn: string): Promise<void> {
  const now = executions.now();
  const { record, outcomes } = await readProgress(executions, executionArn);
  const fields = progressFields(record, outcomes, now);
  await executions.changeOpen(executionArn, fields, { condition: NEVER_FALLS });
}

/**
 * The same, unless the record was written less than `graceMs` ago: of several that find it old, one writes it.
 * @returns when the record was written last, as far as this call can tell
 */
export async function renewProgress(executions: Executions, executionArn: string, graceMs: number): Promise<Date> {
  const now = executions.now();
  const { record, outcomes } = await readProgress(executions, executionArn);
  const writtenAt = new Date(record.progressAt ?? Number.NaN);
  if (now.getTime() - writtenAt.getTime() < graceMs) return writtenAt;
  await executions.changeOpen(executionArn, progressFields(record, outcomes, now), {
    condition: `${NEVER_FALLS} AND (attribute_not_exists(progressAt) OR progressAt <= :oldFrom)`,
    values: { oldFrom: new Date(now.getTime() - graceMs).toISOString() },
  });
  return now;
}
