export { forCreateBatches as inputSchema, forProcessBatches as outputSchema } from '@goal-activity/core/schema.ts';
