import { LIMITS } from '@goal-activity/core/schema.ts';

/** Cuts actions into batches of at most 8, keeping their order (requirement 2). */
export function createBatches<Action>(actions: readonly Action[]): Action[][] {
  const size = LIMITS.actionsPerBatch;
  return Array.from({ length: Math.ceil(actions.length / size) }, (_, batch) =>
    actions.slice(batch * size, (batch + 1) * size),
  );
}
