import { exactly, executionArn, having, settlement, stateError } from '@goal-activity/core/schema.ts';

/** From the state HandleError: a step outside the Maps failed. */
export const caughtSchema = exactly({ executionArn, error: stateError });

/** From EventBridge: "Step Functions Execution Status Change". */
export const statusEventSchema = having({
  source: { const: 'aws.states' },
  detail: having(
    {
      executionArn,
      status: { enum: ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'] },
    },
    { error: { type: ['string', 'null'] }, cause: { type: ['string', 'null'] } },
  ),
});

export const inputSchema = { anyOf: [caughtSchema, statusEventSchema] } as const;
export const outputSchema = settlement;
