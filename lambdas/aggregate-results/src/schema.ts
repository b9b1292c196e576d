import { actionResult, count, executionArn, executionStatus, goalId, stateError } from '@goal-activity/core/schema.ts';

export const inputSchema = {
  type: 'object',
  properties: {
    executionArn,
    goalId,
    /** The results of each batch, in order; with `failure`, it is still to be written what became of the action. */
    results: {
      type: 'array',
      items: {
        type: 'array',
        items: { ...actionResult, properties: { ...actionResult.properties, failure: stateError } },
      },
    },
  },
  required: ['executionArn', 'goalId', 'results'],
  additionalProperties: false,
} as const;

export const outputSchema = {
  type: 'object',
  properties: {
    executionArn,
    goalId,
    status: executionStatus,
    savedActions: count,
    failedActions: count,
    taskCount: count,
  },
  required: ['executionArn', 'goalId', 'status', 'savedActions', 'failedActions', 'taskCount'],
  additionalProperties: false,
} as const;
