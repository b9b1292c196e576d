import { line, VISIBLE } from '@goal-activity/core/schema/text-rules.ts';
import {
  actionId,
  executionArn,
  generatedTask,
  generatedTasks,
  goalId,
  instant,
  position,
  usage,
} from '@goal-activity/core/schema.ts';

export const inputSchema = {
  type: 'object',
  properties: { executionArn, goalId, actionId, position, batchStartedAt: instant },
  required: ['executionArn', 'goalId', 'actionId', 'position', 'batchStartedAt'],
  additionalProperties: false,
} as const;

export const outputSchema = {
  type: 'object',
  properties: { ...inputSchema.properties, tasks: generatedTasks, usage },
  required: [...inputSchema.required, 'tasks', 'usage'],
  additionalProperties: false,
} as const;

/**
 * What the AI must answer, as the input of the tool `save_tasks` (requirement 15). Stricter than what is stored, which
 * must stay readable.
 */
export const answerSchema = {
  type: 'object',
  properties: {
    tasks: {
      ...generatedTasks,
      items: {
        ...generatedTask,
        properties: {
          ...generatedTask.properties,
          title: line(generatedTask.properties.title.maxLength),
          description: { ...generatedTask.properties.description, allOf: [VISIBLE] },
        },
      },
    },
  },
  required: ['tasks'],
  additionalProperties: false,
} as const;
