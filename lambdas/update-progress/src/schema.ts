import { actionId, actionResult, executionArn, position, stateError } from '@goal-activity/core/schema.ts';

/** With `failure`, an action that failed for good is recorded first; its result is the answer. */
export const inputSchema = {
  type: 'object',
  properties: {
    executionArn,
    failure: {
      type: 'object',
      properties: { actionId, position, error: stateError },
      required: ['actionId', 'position', 'error'],
      additionalProperties: false,
    },
  },
  required: ['executionArn'],
  additionalProperties: false,
} as const;

export const outputSchema = {
  anyOf: [
    actionResult,
    { type: 'object', properties: { executionArn }, required: ['executionArn'], additionalProperties: false },
  ],
} as const;
