import { count, exactly, executionRowSchema, having } from '@goal-activity/core/schema.ts';

/** The schedule's event says nothing that is needed; an operator may invoke with `{}`. */
export const inputSchema = { type: 'object' } as const;

const { executionArn, goalId, startedAt } = executionRowSchema.properties;

/** What the archive must know of a record to file it; the rest is kept as it is. */
export const archivableSchema = having({ executionArn, goalId, name: { type: 'string', minLength: 1 }, startedAt });

export const outputSchema = exactly({
  /** Executions that are in the archive now, and were not when the run began. */
  archived: count,
  /** How long ago the execution ended that waits longest now; 0 when none waits. */
  oldestSeconds: count,
});
