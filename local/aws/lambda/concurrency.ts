import type { LambdaFunction } from './environment.ts';
import { ThrottledError } from './errors.ts';

/** Invocations at once in an account, until AWS grants more ("Lambda quotas"). */
const ACCOUNT_LIMIT = 1000;

/**
 * Counts the invocations in flight: each function has what is reserved for it and no more; all others share what is left of
 * the account's limit.
 */
export function createConcurrency(functions: readonly Pick<LambdaFunction, 'functionName' | 'reservedConcurrency'>[]) {
  const reservations = new Map(
    functions.flatMap(({ functionName, reservedConcurrency }) =>
      reservedConcurrency === undefined ? [] : [[functionName, reservedConcurrency] as const],
    ),
  );
  const unreserved = [...reservations.values()].reduce((left, reserved) => left - reserved, ACCOUNT_LIMIT);
  const inFlight = new Map<string | undefined, number>();
  return {
    /**
     * Counts one in.
     * @returns to be called once it is over
     * @throws ThrottledError above the function's reserved concurrency, or above what the account has left for the others
     */
    enter(functionName: string): () => void {
      const share = reservations.has(functionName) ? functionName : undefined;
      const now = inFlight.get(share) ?? 0;
      if (now >= (reservations.get(functionName) ?? unreserved)) throw new ThrottledError();
      inFlight.set(share, now + 1);
      return () => inFlight.set(share, (inFlight.get(share) ?? 0) - 1);
    },
  };
}
