export { forCreateBatches as outputSchema, forGetActions as inputSchema } from '@goal-activity/core/schema.ts';
