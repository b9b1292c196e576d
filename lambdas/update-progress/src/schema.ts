import { actionId, actionResult, exactly, executionArn, position, stateError } from '@goal-activity/core/schema.ts';

/** With `failure`, an action that failed for good is recorded first; its result is the answer. */
export const inputSchema = exactly({ executionArn }, { failure: exactly({ actionId, position, error: stateError }) });

export const outputSchema = { anyOf: [actionResult, exactly({ executionArn })] } as const;
