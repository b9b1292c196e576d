import { readNumbers } from '../aws/environment.ts';
import type { ExecutionRow, OutcomeRow } from '../types.ts';

/** USD for a million tokens of the model in use. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

/** The prices that the environment names. @throws Error naming what it lacks */
export function readPrices(): Prices {
  const prices = readNumbers(['USD_PER_MILLION_INPUT_TOKENS', 'USD_PER_MILLION_OUTPUT_TOKENS']);
  return { input: prices.USD_PER_MILLION_INPUT_TOKENS, output: prices.USD_PER_MILLION_OUTPUT_TOKENS };
}

/** What an execution has used of the AI. */
type UsageTotal = NonNullable<ExecutionRow['usage']>;

/** What an outcome row holds of usage: of the answer whose tasks were saved, and of those that were refused. */
type Used = Pick<OutcomeRow, 'usage' | 'failedAttempts'>;

/** Every usage that an outcome row holds, also of tasks that a cancel took back. */
export const usagesOf = ({ usage, failedAttempts = {} }: Used) =>
  [usage, ...Object.values(failedAttempts).map((attempt) => attempt.usage)].flatMap((each) => each ?? []);

/** The AI calls of an execution that have ended, and what is known of their usage: a call that failed may have none. */
export function usageOf(outcomes: readonly Used[]): UsageTotal {
  const used = outcomes.flatMap(usagesOf);
  const callsOf = ({ usage, failedAttempts = {} }: Used) =>
    (usage === undefined ? 0 : 1) + Object.keys(failedAttempts).length;
  return {
    aiCalls: outcomes.reduce((sum, outcome) => sum + callsOf(outcome), 0),
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
export const costOf = (outcomes: readonly Used[], prices: Prices) => priced(usageOf(outcomes), prices);
