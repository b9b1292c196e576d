import { outputSchema as aggregated } from '@goal-activity/aggregate-results/src/schema.ts';
import { settlement } from '@goal-activity/core/schema.ts';

export const inputSchema = aggregated;

export const outputSchema = settlement;
