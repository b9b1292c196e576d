export { forAggregateResults as inputSchema, forUpdateGoalStatus as outputSchema } from '@goal-activity/core/schema.ts';
