import {
  actionId,
  executionArn,
  generatedTasks,
  goalId,
  position,
  timestamp,
  usage,
} from '@goal-activity/core/schema.ts';

export const inputSchema = {
  type: 'object',
  properties: { executionArn, goalId, actionId, position, batchStartedAt: timestamp },
  required: ['executionArn', 'goalId', 'actionId', 'position', 'batchStartedAt'],
  additionalProperties: false,
} as const;

export const outputSchema = {
  type: 'object',
  properties: { ...inputSchema.properties, tasks: generatedTasks, usage },
  required: [...inputSchema.required, 'tasks', 'usage'],
  additionalProperties: false,
} as const;

/** What the AI must answer, as the input of the tool `save_tasks` (requirement 15). */
export const answerSchema = {
  type: 'object',
  properties: { tasks: generatedTasks },
  required: ['tasks'],
  additionalProperties: false,
} as const;
