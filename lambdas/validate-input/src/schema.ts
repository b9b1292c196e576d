export { forGetActions as outputSchema, forValidateInput as inputSchema } from '@goal-activity/core/schema.ts';
