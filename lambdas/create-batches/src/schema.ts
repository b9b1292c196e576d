import { actionId, executionArn, goalId, LIMITS, position } from '@goal-activity/core/schema.ts';

const action = {
  type: 'object',
  properties: { actionId, position },
  required: ['actionId', 'position'],
  additionalProperties: false,
} as const;

export const inputSchema = {
  type: 'object',
  properties: {
    executionArn,
    goalId,
    actions: { type: 'array', items: action, minItems: 1, maxItems: LIMITS.actionsPerGoal },
  },
  required: ['executionArn', 'goalId', 'actions'],
  additionalProperties: false,
} as const;

export const outputSchema = {
  type: 'object',
  properties: {
    executionArn,
    goalId,
    batches: {
      type: 'array',
      minItems: 1,
      items: { type: 'array', items: action, minItems: 1, maxItems: LIMITS.actionsPerBatch },
    },
  },
  required: ['executionArn', 'goalId', 'batches'],
  additionalProperties: false,
} as const;
