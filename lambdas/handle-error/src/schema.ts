import { executionArn, settlement, stateError } from '@goal-activity/core/schema.ts';

/** From the state HandleError: a step outside the Maps failed. */
const caught = {
  type: 'object',
  properties: { executionArn, error: stateError },
  required: ['executionArn', 'error'],
  additionalProperties: false,
} as const;

/** From EventBridge: "Step Functions Execution Status Change". */
const statusEvent = {
  type: 'object',
  properties: {
    source: { const: 'aws.states' },
    detail: {
      type: 'object',
      properties: {
        executionArn,
        status: { enum: ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'] },
        error: { type: ['string', 'null'] },
        cause: { type: ['string', 'null'] },
      },
      required: ['executionArn', 'status'],
    },
  },
  required: ['source', 'detail'],
} as const;

export const inputSchema = { anyOf: [caught, statusEvent] } as const;
export const caughtSchema = caught;
export const statusEventSchema = statusEvent;
export const outputSchema = settlement;
