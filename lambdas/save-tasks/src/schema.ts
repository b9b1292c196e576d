export { actionResult as outputSchema, forSaveTasks as inputSchema } from '@goal-activity/core/schema.ts';
