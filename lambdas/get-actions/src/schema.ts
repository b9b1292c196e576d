import { actionId, executionArn, goalId, LIMITS, position } from '@goal-activity/core/schema.ts';

export const inputSchema = {
  type: 'object',
  properties: {
    executionArn,
    goalId,
    actionIds: { type: 'array', items: actionId, minItems: 1, maxItems: LIMITS.actionsPerGoal },
  },
  required: ['executionArn', 'goalId', 'actionIds'],
  additionalProperties: false,
} as const;

export const outputSchema = {
  type: 'object',
  properties: {
    executionArn,
    goalId,
    actions: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.actionsPerGoal,
      items: {
        type: 'object',
        properties: { actionId, position },
        required: ['actionId', 'position'],
        additionalProperties: false,
      },
    },
  },
  required: ['executionArn', 'goalId', 'actions'],
  additionalProperties: false,
} as const;
