import type { ExecutionRow, OutcomeRow } from './types.ts';

/** USD for a million tokens of the model in use. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

/** What an execution has used of the AI. */
export type UsageTotal = NonNullable<ExecutionRow['usage']>;

/** The AI calls of an execution, by the outcomes that hold a usage: those whose tasks were saved, even if a cancel took them back. */
export function usageOf(outcomes: readonly Pick<OutcomeRow, 'usage'>[]): UsageTotal {
  const used = outcomes.flatMap(({ usage }) => usage ?? []);
  return {
    aiCalls: used.length,
    inputTokens: used.reduce((sum, usage) => sum + usage.inputTokens, 0),
    outputTokens: used.reduce((sum, usage) => sum + usage.outputTokens, 0),
  };
}

/** A usage with its price, in USD to six decimal places. */
export function priced({ aiCalls, inputTokens, outputTokens }: UsageTotal, prices: Prices) {
  const estimatedUsd = (inputTokens * prices.input + outputTokens * prices.output) / 1_000_000;
  return { aiCalls, inputTokens, outputTokens, estimatedUsd: Math.round(estimatedUsd * 1e6) / 1e6 };
}

/** What the AI calls of an execution cost. */
export const costOf = (outcomes: readonly Pick<OutcomeRow, 'usage'>[], prices: Prices) =>
  priced(usageOf(outcomes), prices);
