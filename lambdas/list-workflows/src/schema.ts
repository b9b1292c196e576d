import { executionArn, executionStatus, goalId, timestamp } from '@goal-activity/core/schema.ts';

/** A day, or a time with its zone. */
const when = {
  type: 'string',
  pattern:
    '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d))?$',
} as const;

/** Query of GET /api/workflows. */
export const listWorkflowsSchema = {
  type: 'object',
  properties: {
    goalId,
    status: executionStatus,
    from: when,
    to: when,
    limit: { type: 'string', pattern: '^([1-9]|[1-9]\\d|100)$' },
    cursor: { type: 'string', minLength: 1, maxLength: 1000 },
  },
  additionalProperties: false,
} as const;

/** What a cursor holds, besides its query: the key of the last item of the page before. */
export const placeSchema = {
  type: 'object',
  properties: { executionArn, startedAt: timestamp },
  required: ['executionArn', 'startedAt'],
} as const;
