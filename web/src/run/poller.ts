import { ApiError, isPassing } from '@goal-activity/client/errors.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';

/** Used when an answer does not say how long to wait. */
const DEFAULT_SECONDS = 1;
/** Waits after the first, second, ... failure in a row; seconds. */
const BACKOFF_SECONDS = [1, 2, 4, 8, 15, 30];

export interface Polled {
  /** Undefined when nothing has changed since the answer with `etag`. */
  readonly status: ExecutionStatus | undefined;
  readonly etag: string | undefined;
  readonly retryAfterSeconds: number | undefined;
}

/** What happens to the page while it polls. */
export interface Surroundings {
  isHidden(): boolean;
  /** Calls back when the tab is shown or hidden, or the machine says that it is online again. @returns a function that ends it */
  onChange(listener: () => void): () => void;
}

export type Connection =
  | { readonly state: 'ok' }
  /** `retryAt` is a time in milliseconds; `attempt` counts failures in a row. */
  | { readonly state: 'lost'; readonly attempt: number; readonly retryAt: number };

export interface PollerOptions {
  fetch(etag: string | undefined, signal: AbortSignal): Promise<Polled>;
  readonly surroundings: Surroundings;
  onStatus(status: ExecutionStatus): void;
  onConnection(connection: Connection): void;
  /** An error that waiting cannot mend: not found, not signed in. Polling has stopped. */
  onError(error: unknown): void;
}

export interface Poller {
  start(): void;
  /** Asks now, whatever wait is under way. */
  pollNow(): void;
  stop(): void;
}

/**
 * Follows an execution until it ends. It asks as often as the API says, not at all while the tab is hidden, and goes
 * on by itself after a lost connection, with growing waits.
 */
export function createPoller(options: PollerOptions): Poller {
  const { surroundings } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  let stopListening: (() => void) | undefined;
  let stopped = true;
  let etag: string | undefined;
  let failures = 0;

  function wait(forSeconds: number): void {
    clearTimeout(timer);
    timer = undefined;
    if (stopped || surroundings.isHidden()) return;
    timer = setTimeout(() => void poll(), forSeconds * 1000);
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
    timer = undefined;
    running?.abort();
    running = undefined;
    stopListening?.();
    stopListening = undefined;
  }

  async function poll(): Promise<void> {
    if (stopped || running !== undefined) return;
    const controller = new AbortController();
    running = controller;
    try {
      const answer = await options.fetch(etag, controller.signal);
      if (controller.signal.aborted) return;
      running = undefined;
      etag = answer.etag;
      if (failures > 0) options.onConnection({ state: 'ok' });
      failures = 0;
      if (answer.status !== undefined) {
        options.onStatus(answer.status);
        if (answer.status.status !== 'RUNNING') return stop();
      }
      wait(answer.retryAfterSeconds ?? DEFAULT_SECONDS);
    } catch (error) {
      if (controller.signal.aborted) return;
      running = undefined;
      if (!isPassing(error)) {
        stop();
        options.onError(error);
        return;
      }
      const backoff = BACKOFF_SECONDS[Math.min(failures, BACKOFF_SECONDS.length - 1)] ?? 30;
      failures += 1;
      const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) : 0;
      const pause = Math.max(backoff, asked);
      options.onConnection({ state: 'lost', attempt: failures, retryAt: Date.now() + pause * 1000 });
      wait(pause);
    }
  }

  function changed(): void {
    clearTimeout(timer);
    timer = undefined;
    if (!surroundings.isHidden()) void poll();
  }

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      stopListening = surroundings.onChange(changed);
      if (!surroundings.isHidden()) void poll();
    },
    pollNow() {
      clearTimeout(timer);
      timer = undefined;
      void poll();
    },
    stop,
  };
}
