import { line } from '@goal-activity/core/schema/text-rules.ts';

export const requestSchema = {
  type: 'object',
  properties: { reason: line(500) },
  additionalProperties: false,
} as const;
