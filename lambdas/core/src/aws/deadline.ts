import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';

/** What of an invocation's context is used; tests may leave the rest out. */
export type InvocationContext = Pick<Context, 'awsRequestId'> & Partial<Pick<Context, 'getRemainingTimeInMillis'>>;

/** Aborts when the time of the invocation that this code runs in is over; `endsAt` on the clock of performance.now(). */
const current = new AsyncLocalStorage<{ readonly signal: AbortSignal; readonly endsAt: number }>();

/** What a function keeps of its time, to log and to answer: a tenth, at most a second. */
const keptOf = (leftMs: number) => Math.min(1_000, leftMs / 10);

/** The deadline of the invocation, for whatever waits; undefined outside of one. */
export const currentDeadline = (): AbortSignal | undefined => current.getStore()?.signal;

/** Milliseconds until the deadline of the invocation; Infinity outside of one. */
export const timeLeftMs = (): number => (current.getStore()?.endsAt ?? Number.POSITIVE_INFINITY) - performance.now();

/**
 * Runs one invocation under a deadline a little before Lambda would end it. What is under way then is aborted, and what
 * comes after fails at once, so that however many calls a handler makes, with whatever retries and waits, it ends by
 * itself: its failure is logged and classified, and a retry does not run beside it.
 * @param context of the invocation; without one there is no deadline
 */
export async function underDeadline<Result>(
  context: InvocationContext | undefined,
  run: () => Promise<Result>,
): Promise<Result> {
  const leftMs = context?.getRemainingTimeInMillis?.();
  if (leftMs === undefined) return run();
  const controller = new AbortController();
  const ownMs = leftMs - keptOf(leftMs);
  const timer = setTimeout(() => controller.abort(), ownMs);
  try {
    return await current.run({ signal: controller.signal, endsAt: performance.now() + ownMs }, run);
  } finally {
    clearTimeout(timer);
  }
}

interface Options {
  readonly abortSignal?: AbortSignal;
}

/**
 * The same client, each call of which, retries and waits included, ends at the deadline of its invocation.
 * @param client of the AWS SDK
 */
export function obeyDeadline<Client extends { send: object }>(client: Client): Client {
  const { send } = client;
  if (typeof send !== 'function') throw new Error('a client of the AWS SDK has a method send');
  const sendInTime = (command: object, options: Options = {}): unknown => {
    const signals = [currentDeadline(), options.abortSignal].filter((signal) => signal !== undefined);
    const limits = signals.length === 0 ? {} : { abortSignal: AbortSignal.any(signals) };
    return Reflect.apply(send, client, [command, { ...options, ...limits }]);
  };
  return Object.assign(client, { send: sendInTime });
}
