import { isSlow, SLOWER } from '../pace/pace.ts';
import { pick } from '../pick.ts';
import { LIMITS } from '../schema.ts';
import type { ExecutionRow, OutcomeRow } from '../types.ts';
import { costOf, type Prices } from './cost.ts';
import { actionMsOf, attemptOf, estimateSecondsRemaining, slowActions } from './estimate.ts';
import { countOutcomes } from './outcomes.ts';
import { percentageOf } from './progress.ts';

/** A client waits at least and at most so long between two looks; seconds. */
const POLL_AFTER = { least: 1, most: 30 } as const;

/**
 * Seconds until another look is worth its request: half the time between two results so far while more are to come, or a
 * quarter of the time in which nothing has changed, whichever is longer. So a result is seen soon after it is there,
 * measured by what it took; the longer a run hangs, the less often clients ask. Nothing changes once it has ended.
 * @param outcomes all outcomes of the execution
 */
export function pollAfterSeconds(
  { status, startedAt, cancelRequestedAt }: Pick<ExecutionRow, 'status' | 'startedAt' | 'cancelRequestedAt'>,
  outcomes: readonly Pick<OutcomeRow, 'outcome' | 'updatedAt'>[],
  now: Date,
): number {
  const { least, most } = POLL_AFTER;
  if (status !== 'RUNNING') return most;
  const since = (at: string) => (now.getTime() - Date.parse(at)) / 1000;
  const changes = [startedAt, cancelRequestedAt, ...outcomes.map(({ updatedAt }) => updatedAt)];
  const quietSeconds = Math.min(...changes.flatMap((at) => (at === undefined ? [] : since(at))));
  const processed = outcomes.filter(({ outcome }) => outcome !== 'PENDING').length;
  const areMoreToCome = cancelRequestedAt === undefined && processed > 0 && processed < outcomes.length;
  const secondsPerResult = areMoreToCome ? since(startedAt) / processed : 0;
  return Math.min(most, Math.max(least, Math.ceil(Math.max(secondsPerResult / 2, quietSeconds / 4))));
}

/** The first batch that still has a pending action, counted from 1; the last one once all have ended. */
function currentBatch(outcomes: readonly Pick<OutcomeRow, 'outcome'>[]): number {
  const first = outcomes.findIndex(({ outcome }) => outcome === 'PENDING');
  return Math.ceil((first === -1 ? outcomes.length : first + 1) / LIMITS.actionsPerBatch);
}

/** What a person should know of the pace, as a code; null when all is as usual, and of an execution that is cancelled. */
function adviceOf(record: ExecutionRow, outcomes: readonly OutcomeRow[], now: Date, usualActionMs: number | undefined) {
  const times =
    record.status === 'RUNNING'
      ? { actionMs: actionMsOf(record, outcomes, now, usualActionMs), usualActionMs }
      : record;
  return record.cancelRequestedAt === undefined && isSlow(times) ? SLOWER : null;
}

/**
 * The status answer of the API (docs/openapi.yaml, `ExecutionStatus`), from the rows and the stage's pace alone.
 * @param outcomes all outcomes of the execution, by position
 * @param usualActionMs what a running execution is compared with; one that has ended was compared when it did
 */
export function statusAnswer(
  record: ExecutionRow,
  outcomes: readonly OutcomeRow[],
  prices: Prices,
  now: Date,
  usualActionMs?: number,
) {
  const { processed, total } = countOutcomes(outcomes);
  const running = record.status === 'RUNNING';
  return {
    ...pick(record, 'executionArn', 'goalId', 'status'),
    startDate: record.startedAt,
    stopDate: record.stoppedAt ?? null,
    currentState: record.currentState,
    progressPercentage: percentageOf(processed, total),
    processedActions: processed,
    totalActions: total,
    currentBatch: currentBatch(outcomes),
    totalBatches: Math.ceil(total / LIMITS.actionsPerBatch),
    estimatedSecondsRemaining: running ? estimateSecondsRemaining(record, outcomes, now) : 0,
    error: record.error ?? null,
    summary: record.summary ?? null,
    failedActions: outcomes
      .filter(({ outcome }) => outcome === 'FAILED')
      .map(({ actionId, title, error = 'Error', reason = '' }) => ({ actionId, title, error, reason })),
    advice: adviceOf(record, outcomes, now, usualActionMs),
    slowActions: running ? slowActions(record, outcomes, now).map(({ actionId }) => actionId) : [],
    outcomes: outcomes.map((row) => ({
      ...pick(row, 'actionId', 'position', 'outcome', 'taskCount'),
      attempt: attemptOf(row),
    })),
    cost: costOf(outcomes, prices),
  };
}
