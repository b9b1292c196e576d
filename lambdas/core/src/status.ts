import { countOutcomes } from './executions.ts';
import { LIMITS } from './schema.ts';
import type { ExecutionRow, OutcomeRow } from './types.ts';

/** Actions in flight at once: 3 batches of 8 (requirement 2). */
const IN_FLIGHT = 24;
/** What one AI call is taken to last before any has been measured; seconds. */
const ASSUMED_CALL_SECONDS = 15;

/** USD for a million tokens of the model in use. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

/** Seconds that the rest will take at the rate so far; before the first result, by an assumed length of a call. Never negative. */
export function estimateSecondsRemaining(processed: number, total: number, elapsedSeconds: number): number {
  if (processed >= total) return 0;
  const estimate =
    processed === 0
      ? Math.ceil(total / IN_FLIGHT) * ASSUMED_CALL_SECONDS - elapsedSeconds
      : (elapsedSeconds / processed) * (total - processed);
  return Math.max(1, Math.ceil(estimate));
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
  const elapsedSeconds = Math.max(0, now.getTime() - Date.parse(record.startedAt)) / 1000;
  const used = outcomes.flatMap(({ usage }) => usage ?? []);
  const inputTokens = used.reduce((sum, usage) => sum + usage.inputTokens, 0);
  const outputTokens = used.reduce((sum, usage) => sum + usage.outputTokens, 0);
  const estimatedUsd = (inputTokens * prices.input + outputTokens * prices.output) / 1_000_000;
  return {
    executionArn: record.executionArn,
    goalId: record.goalId,
    status: record.status,
    startDate: record.startedAt,
    stopDate: record.stoppedAt ?? null,
    currentState: record.currentState,
    progressPercentage: total === 0 ? 0 : Math.floor((100 * processed) / total),
    processedActions: processed,
    totalActions: total,
    currentBatch: currentBatch(outcomes),
    totalBatches: Math.ceil(total / LIMITS.actionsPerBatch),
    estimatedSecondsRemaining: running ? estimateSecondsRemaining(processed, total, elapsedSeconds) : 0,
    summary: record.summary ?? null,
    failedActions: outcomes
      .filter(({ outcome }) => outcome === 'FAILED')
      .map(({ actionId, title, error, reason }) => ({
        actionId,
        title,
        error: error ?? 'Error',
        reason: reason ?? '',
      })),
    outcomes: outcomes.map(({ actionId, position, outcome, taskCount }) => ({
      actionId,
      position,
      outcome,
      taskCount,
    })),
    cost: { aiCalls: used.length, inputTokens, outputTokens, estimatedUsd: Math.round(estimatedUsd * 1e6) / 1e6 },
  };
}
