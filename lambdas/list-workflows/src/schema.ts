import {
  exactly,
  executionArn,
  executionStatus,
  goalId,
  having,
  pageQuery,
  timestamp,
} from '@goal-activity/core/schema.ts';

/** A day, or a time with its zone. */
const when = {
  type: 'string',
  pattern:
    '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d))?$',
} as const;

/** Query of GET /api/workflows. */
export const listWorkflowsSchema = exactly({}, { goalId, status: executionStatus, from: when, to: when, ...pageQuery });

/** What a cursor holds, besides its query: the key of the last item of the page before. */
export const placeSchema = having({ executionArn, startedAt: timestamp });
