import {
  actionId,
  actionResult,
  executionArn,
  generatedTasks,
  goalId,
  instant,
  position,
  usage,
} from '@goal-activity/core/schema.ts';

export const inputSchema = {
  type: 'object',
  properties: { executionArn, goalId, actionId, position, batchStartedAt: instant, tasks: generatedTasks, usage },
  required: ['executionArn', 'goalId', 'actionId', 'position', 'batchStartedAt', 'tasks', 'usage'],
  additionalProperties: false,
} as const;

export const outputSchema = actionResult;
