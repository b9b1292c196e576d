import { costOf, type Prices } from './cost.ts';
import { attemptOf, estimateSecondsRemaining, slowActions } from './estimate.ts';
import { countOutcomes } from './executions.ts';
import { percentageOf } from './progress.ts';
import { LIMITS } from './schema.ts';
import type { ExecutionRow, OutcomeRow } from './types.ts';

/** A client waits at least and at most so long between two looks; seconds. */
const POLL_AFTER = { least: 1, most: 30 } as const;

/**
 * Seconds until another look is worth its request: half the time between two results so far, or a quarter of the time
 * in which nothing has changed, whichever is longer. So a result is seen soon after it is there, measured by what it
 * took, and a run that hangs is asked about ever more seldom. Nothing changes any more once the execution has ended.
 * @param outcomes all outcomes of the execution
 */
export function pollAfterSeconds(
  { status, startedAt, cancelRequestedAt }: Pick<ExecutionRow, 'status' | 'startedAt' | 'cancelRequestedAt'>,
  outcomes: readonly Pick<OutcomeRow, 'outcome' | 'updatedAt'>[],
  now: Date,
): number {
  if (status !== 'RUNNING') return POLL_AFTER.most;
  const { least, most } = POLL_AFTER;
  // Nothing but the end is left to come, and it comes at once.
  const processed = outcomes.filter(({ outcome }) => outcome !== 'PENDING').length;
  if (cancelRequestedAt !== undefined || processed === outcomes.length) return least;
  const changes = [startedAt, ...outcomes.flatMap(({ updatedAt }) => updatedAt ?? [])].map((at) => Date.parse(at));
  const quietSeconds = (now.getTime() - Math.max(...changes)) / 1000;
  const secondsPerResult = processed === 0 ? 0 : (now.getTime() - Date.parse(startedAt)) / 1000 / processed;
  return Math.min(most, Math.max(least, Math.ceil(Math.max(secondsPerResult / 2, quietSeconds / 4))));
}

/** The first batch that still has a pending action, counted from 1; the last one once all have ended. */
export function currentBatch(outcomes: readonly Pick<OutcomeRow, 'outcome'>[]): number {
  const first = outcomes.findIndex(({ outcome }) => outcome === 'PENDING');
  return Math.ceil((first === -1 ? outcomes.length : first + 1) / LIMITS.actionsPerBatch);
}

/**
 * The status answer of the API (docs/openapi.yaml, `ExecutionStatus`), from the rows alone.
 * @param outcomes all outcomes of the execution, by position
 */
export function statusAnswer(record: ExecutionRow, outcomes: readonly OutcomeRow[], prices: Prices, now: Date) {
  const { processed, total } = countOutcomes(outcomes);
  const running = record.status === 'RUNNING';
  return {
    executionArn: record.executionArn,
    goalId: record.goalId,
    status: record.status,
    startDate: record.startedAt,
    stopDate: record.stoppedAt ?? null,
    currentState: record.currentState,
    progressPercentage: percentageOf(processed, total),
    processedActions: processed,
    totalActions: total,
    currentBatch: currentBatch(outcomes),
    totalBatches: Math.ceil(total / LIMITS.actionsPerBatch),
    estimatedSecondsRemaining: running ? estimateSecondsRemaining(record, outcomes, now) : 0,
    pollAfterSeconds: pollAfterSeconds(record, outcomes, now),
    summary: record.summary ?? null,
    failedActions: outcomes
      .filter(({ outcome }) => outcome === 'FAILED')
      .map(({ actionId, title, error, reason }) => ({
        actionId,
        title,
        error: error ?? 'Error',
        reason: reason ?? '',
      })),
    slowActions: running ? slowActions(record, outcomes, now).map(({ actionId }) => actionId) : [],
    outcomes: outcomes.map((row) => ({
      actionId: row.actionId,
      position: row.position,
      outcome: row.outcome,
      taskCount: row.taskCount,
      attempt: attemptOf(row),
    })),
    cost: costOf(outcomes, prices),
  };
}
