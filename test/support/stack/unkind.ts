import { ALL_FAULTS, type FaultName } from '../../../local/aws/aws-faults.ts';
import { SEED, TIMES } from '../seed.ts';
import type { Started, User } from './stack.ts';

/** How much more often a fault happens in `make soak`: a step that is tried five times still succeeds. */
const SOAKED = 2;

/** What is below 1 is a share; milliseconds and switches stay. */
const SOAKED_SHARES = Object.fromEntries(
  Object.entries(ALL_FAULTS).flatMap(([name, value]) =>
    typeof value === 'number' && value < 1 ? [[name, Math.min(1, value * SOAKED)]] : [],
  ),
);

/**
 * AI calls that fail, so few (1 in 200) that no action uses up its four attempts in a million runs: for tests that say which
 * actions are saved.
 */
export const AI_SELDOM_FAILS = {
  aiReset: 0.001,
  aiCut: 0.001,
  aiEmpty: 0.001,
  aiThrottle: 0.001,
  aiUnavailable: 0.001,
};

/** No AI call fails but as the test says: for tests that say what becomes of each call. Slow ones there are all the same. */
export const AI_NEVER_FAILS = { aiReset: 0, aiCut: 0, aiEmpty: 0, aiThrottle: 0, aiUnavailable: 0 };

/**
 * The environment of a stack that is as unkind as AWS: every fault of AWS_FAULTS, drawn from this run's seed; each share
 * twice as high in `make soak`.
 * @param changes faults that a test wants otherwise, as they are, in `make soak` too; 0 turns one off
 * @param times PROPERTY_TIMES
 */
export function unkind(
  changes: Partial<Record<FaultName, number>> = {},
  times = TIMES,
): { readonly AWS_FAULTS: string } {
  return { AWS_FAULTS: JSON.stringify({ all: true, seed: SEED, ...(times > 1 ? SOAKED_SHARES : {}), ...changes }) };
}

/**
 * Starts a goal, or its next execution. What was answered with 5xx may have been done, and even be over: asking again would
 * begin another execution, if that one has failed in part.
 * @param before the execution that the goal had, if it had one
 * @param ask what starts it; a start of a person who is not patient, if nothing else is said
 * @returns the execution's ARN
 */
export async function startFor(
  user: User,
  goalId: string,
  before: string | null = null,
  ask: () => Promise<{ status: number; body: Started }> = () => user.startOnce(goalId),
): Promise<string> {
  for (const giveUpAt = performance.now() + 60_000; performance.now() < giveUpAt; ) {
    const { status, body } = await ask();
    if (status < 300) return body.executionArn;
    const { executionArn } = await user.getGoal(goalId);
    if (executionArn !== null && executionArn !== before && user.hasBegun(executionArn)) return executionArn;
  }
  throw new Error('the goal was not started');
}
