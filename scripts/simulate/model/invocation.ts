import { buildRequest } from '../../../lambdas/generate-tasks/src/prompt.ts';
import { DURATIONS } from '../../../modules/workflow/variables.ts';
import { OUTPUT_TOKEN_WEIGHT } from '../quotas.ts';
import { AI, type SimulatedLambda, WORK, type Work } from '../workload.ts';
import type { Process } from './simulation.ts';
import type { Site } from './site.ts';

/** The names of errors that retriers match (lambdas/core/src/errors.ts, and Lambda's own). */
export type ErrorName =
  | 'Lambda.TooManyRequestsException'
  | 'TransientError'
  | 'BatchTimeout'
  /** Of the execution. */
  | 'States.Timeout'
  /** Of Bedrock for want of tokens; the Lambda throws it as TransientError. */
  | 'ThrottlingException';

/** What of a throttled database the SDK's three attempts sit out: their waits are up to 1 and 2 s. */
const DATABASE_PATIENCE_MS = 1_500;
const AI_TIMEOUT_MS = Number(DURATIONS.AI_TIMEOUT_MS);
const BATCH_TIMEOUT_MS = Number(DURATIONS.BATCH_TIMEOUT_MS);
/** A refusal is quick. */
const REFUSAL_MS = 50;

/** Bedrock reserves input and `maxTokens` when a call begins, and afterwards counts what it took. */
const RESERVED_TOKENS =
  AI.inputTokens +
  buildRequest({
    goal: { title: '', description: '', deadline: null },
    action: { title: '', description: '', type: 'habit' },
    today: new Date(0),
  }).inferenceConfig.maxTokens;
/** What a call counts in the end. */
export const COUNTED_TOKENS = AI.inputTokens + OUTPUT_TOKEN_WEIGHT * AI.outputTokens;

/** Time and database of one invocation. @returns false when the database was too busy, and the SDK gave up */
export function* carryOut(site: Site, { milliseconds, writes = [], reads = 0 }: Work): Process<boolean> {
  yield* site.pass(milliseconds);
  const waits = writes.map(([store, units]) => site.writes[store].take(site.now, units, DATABASE_PATIENCE_MS));
  if (reads > 0) waits.push(site.executionsReads.take(site.now, reads, DATABASE_PATIENCE_MS));
  const longest = waits.reduce<number>((most, wait = DATABASE_PATIENCE_MS) => Math.max(most, wait), 0);
  if (longest > 0) yield longest;
  return !waits.includes(undefined);
}

/** One call of the AI for an action of a batch. */
function* ask(site: Site, batchStartedAt: number): Process<ErrorName | undefined> {
  const { simulation, place, bedrockTokens } = site;
  const leftMs = batchStartedAt + BATCH_TIMEOUT_MS - site.now;
  if (leftMs <= 0) return 'BatchTimeout';
  if (bedrockTokens.take(site.now, RESERVED_TOKENS) === undefined) {
    yield REFUSAL_MS;
    return 'ThrottlingException';
  }
  const { mean, spread } = place.aiSeconds;
  // Log-normal: Box and Muller's normal deviate, and a median that gives the mean.
  const deviate = Math.sqrt(-2 * Math.log(1 - simulation.random())) * Math.cos(2 * Math.PI * simulation.random());
  const answerMs = 1000 * mean * Math.exp(spread * deviate - spread ** 2 / 2);
  const limitMs = Math.min(AI_TIMEOUT_MS, leftMs);
  yield Math.min(answerMs, limitMs);
  bedrockTokens.giveBack(RESERVED_TOKENS - COUNTED_TOKENS);
  if (answerMs <= limitMs) return undefined;
  return leftMs < AI_TIMEOUT_MS ? 'BatchTimeout' : 'TransientError';
}

/**
 * One invocation by the state machine.
 * @param batchStartedAt of the action's batch, in milliseconds; 0 outside of batches
 * @returns the error; undefined when there is none
 */
export function* invoke(site: Site, lambda: SimulatedLambda, batchStartedAt: number): Process<ErrorName | undefined> {
  const slots = lambda === 'generate-tasks' ? site.aiConcurrency : site.lambdaConcurrency;
  if (!slots.enter(site.now)) return 'Lambda.TooManyRequestsException';
  let error: ErrorName | undefined;
  yield* site.enterProcess(lambda);
  if (lambda === 'generate-tasks') {
    yield* site.compute(lambda, 0.5);
    error = (yield* carryOut(site, WORK[lambda])) ? yield* ask(site, batchStartedAt) : 'TransientError';
    yield* site.compute(lambda, 0.5);
  } else {
    yield* site.compute(lambda);
    const isLate = lambda === 'save-tasks' && site.now >= batchStartedAt + BATCH_TIMEOUT_MS;
    if (isLate) error = 'BatchTimeout';
    else if (!(yield* carryOut(site, WORK[lambda]))) error = 'TransientError';
  }
  site.leaveProcess(lambda);
  slots.leave(site.now);
  return error;
}
