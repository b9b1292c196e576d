import { ApiError } from '@goal-activity/client/errors.ts';

/** Used when an answer does not say how long to wait. */
const DEFAULT_SECONDS = 10;

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}

/**
 * Starts an execution, and tries again by itself while too many of other people run (503 `too_busy`), each time when the
 * answer says.
 * @param onWait told when the next try is
 * @param signal ends the waiting
 * @throws what the last try threw
 */
export async function whenAdmitted<Answer>(
  start: () => Promise<Answer>,
  { onWait, signal }: { onWait(until: Date): void; signal: AbortSignal },
): Promise<Answer> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'too_busy' || signal.aborted) throw error;
      const milliseconds = (error.retryAfterSeconds ?? DEFAULT_SECONDS) * 1000;
      onWait(new Date(Date.now() + milliseconds));
      await pause(milliseconds, signal);
      if (signal.aborted) throw error;
    }
  }
}
