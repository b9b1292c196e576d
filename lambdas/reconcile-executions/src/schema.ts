import { count, exactly } from '@goal-activity/core/schema.ts';

/** The schedule's event says nothing that is needed; an operator may invoke with `{}`. */
export const inputSchema = { type: 'object' } as const;

export const outputSchema = exactly({
  /** Rows of the index: executions that run, or of which something is due. */
  open: count,
  /** Of these, the ones that were stale and have been repaired. */
  repaired: count,
});
