import { executionArn, executionStatus, goalId, timestamp, userId } from '@goal-activity/core/schema.ts';

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

const place = { executionArn, sk: { const: 'EXECUTION' }, startedAt: timestamp } as const;

/** What a cursor holds: the key of the last item of the page before, in the index byUser. */
export const userCursorSchema = {
  type: 'object',
  properties: { ...place, userId },
  required: ['executionArn', 'sk', 'startedAt', 'userId'],
  additionalProperties: false,
} as const;

/** The same in the index byGoal. */
export const goalCursorSchema = {
  type: 'object',
  properties: { ...place, goalId },
  required: ['executionArn', 'sk', 'startedAt', 'goalId'],
  additionalProperties: false,
} as const;
