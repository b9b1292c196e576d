import { count, executionRowSchema } from '@goal-activity/core/schema.ts';

/** The schedule's event says nothing that is needed; an operator may invoke with `{}`. */
export const inputSchema = { type: 'object' } as const;

/** What the archive must know of a record to file it; the rest is kept as it is. */
export const archivableSchema = {
  type: 'object',
  properties: {
    executionArn: executionRowSchema.properties.executionArn,
    goalId: executionRowSchema.properties.goalId,
    name: { type: 'string', minLength: 1 },
    startedAt: executionRowSchema.properties.startedAt,
  },
  required: ['executionArn', 'goalId', 'name', 'startedAt'],
} as const;

export const outputSchema = {
  type: 'object',
  properties: {
    /** Executions that are in the archive now, and were not when the run began. */
    archived: count,
    /** How long ago the execution ended that waits longest now; 0 when none waits. */
    oldestSeconds: count,
  },
  required: ['archived', 'oldestSeconds'],
  additionalProperties: false,
} as const;
