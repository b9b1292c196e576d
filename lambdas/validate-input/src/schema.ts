import { actionId, executionArn, goalId, LIMITS, userId } from '@goal-activity/core/schema.ts';

const actionIds = {
  type: 'array',
  items: actionId,
  minItems: 1,
  maxItems: LIMITS.actionsPerGoal,
  uniqueItems: true,
} as const;

export const inputSchema = {
  type: 'object',
  properties: { executionArn, goalId, userId, actionIds },
  required: ['executionArn', 'goalId', 'userId', 'actionIds'],
  additionalProperties: false,
} as const;

export const outputSchema = {
  type: 'object',
  properties: { executionArn, goalId, actionIds },
  required: ['executionArn', 'goalId', 'actionIds'],
  additionalProperties: false,
} as const;
