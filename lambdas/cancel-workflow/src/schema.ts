import { line } from '@goal-activity/core/schema/text-rules.ts';
import { exactly } from '@goal-activity/core/schema.ts';

export const requestSchema = exactly({}, { reason: line(500) });
