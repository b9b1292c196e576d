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

/** A letter, number, punctuation mark or symbol: something to be seen, which spaces and zero-width characters are not. */
const VISIBLE = { pattern: '[\\p{L}\\p{N}\\p{P}\\p{S}]' } as const;
/** Unicode's own line breaks, which are no control characters. */
const ONE_LINE = { pattern: '^[^\\u2028\\u2029]*$' } as const;
const { title, description } = generatedTask.properties;

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
          title: { ...title, allOf: [...title.allOf, VISIBLE, ONE_LINE] },
          description: { ...description, allOf: [VISIBLE] },
        },
      },
    },
  },
  required: ['tasks'],
  additionalProperties: false,
} as const;
