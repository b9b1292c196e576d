import type { ExecutionStatus } from '@goal-activity/client/types.ts';

/**
 * What a cell of the chart shows. `waiting` and `generating` are both PENDING; `earlier` has tasks from another
 * execution; `idle` is an action outside of the execution without tasks.
 */
export const PHASES = ['waiting', 'generating', 'saved', 'failed', 'cancelled', 'earlier', 'idle'] as const;
export type Phase = (typeof PHASES)[number];

const PHASE_OF = { SAVED: 'saved', FAILED: 'failed', CANCELLED: 'cancelled' } as const;
const BATCH_SIZE = 8;
const BATCHES_AT_A_TIME = 3;

/**
 * The phase of each action of an execution, by action id. The API has no state "generating": pending actions of the
 * first three batches that are not done are those that the workflow asks the AI for (requirement 2).
 */
export function phasesOf({ status, outcomes }: Pick<ExecutionStatus, 'status' | 'outcomes'>): Map<string, Phase> {
  const ordered = [...outcomes].sort((a, b) => a.position - b.position);
  const batchOf = (index: number) => Math.floor(index / BATCH_SIZE);
  const unfinished = ordered.flatMap(({ outcome }, index) => (outcome === 'PENDING' ? [batchOf(index)] : []));
  const inFlight = new Set([...new Set(unfinished)].slice(0, BATCHES_AT_A_TIME));
  const isRunning = status === 'RUNNING';
  return new Map(
    ordered.map(({ actionId, outcome }, index) => {
      if (outcome !== 'PENDING') return [actionId, PHASE_OF[outcome]];
      return [actionId, isRunning && inFlight.has(batchOf(index)) ? 'generating' : 'waiting'];
    }),
  );
}

/** The percentage, in steps of ten, that a screen reader is told; it never goes back. */
export const milestone = (previous: number, percentage: number): number =>
  Math.max(previous, Math.floor(percentage / 10) * 10);
