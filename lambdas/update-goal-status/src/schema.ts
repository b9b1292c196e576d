export { forUpdateGoalStatus as inputSchema, settlement as outputSchema } from '@goal-activity/core/schema.ts';
