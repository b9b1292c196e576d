import { ApiError, isPassing } from '@goal-activity/client/errors.ts';
import type { ExecutionState } from '@goal-activity/client/types.ts';

/** Used when an answer does not say how long to wait. */
const DEFAULT_SECONDS = 1;
/** Waits after the first, second, ... failure in a row; seconds. */
const BACKOFF_SECONDS = [1, 2, 4, 8, 15, 30];
/** A hidden tab asks no more often: enough for its title, and for a notification at the end. */
const HIDDEN_SECONDS = 20;

export interface Polled<Status> {
  /** Undefined when nothing has changed since the answer with `etag`. */
  readonly status: Status | undefined;
  readonly etag: string | undefined;
  readonly retryAfterSeconds: number | undefined;
}

export type Connection =
  | { readonly state: 'ok' }
  /** `retryAt` is a time in milliseconds. */
  | { readonly state: 'lost'; readonly retryAt: number };

interface FollowerOptions<Status> {
  ask(etag: string | undefined, signal: AbortSignal): Promise<Polled<Status>>;
  /** Whether the tab is hidden. */
  isHidden(): boolean;
  onStatus(status: Status): void;
  onConnection(connection: Connection): void;
}

/**
 * Follows an execution until it ends. It asks as often as the API says, seldom while the tab is hidden, and goes
 * on by itself after a lost connection, with growing waits.
 */
export class Follower<Status extends { readonly status: ExecutionState }> {
  readonly #options: FollowerOptions<Status>;
  #endPause: () => void = () => undefined;
  /** Failures in a row; undefined while it does not run. */
  #failures: number | undefined;

  constructor(options: FollowerOptions<Status>) {
    this.#options = options;
  }

  /** Ends the present wait: a person asks, the tab was shown or hidden, or the machine is online again. */
  readonly wake = (): void => this.#endPause();

  /** The browser says that the machine is offline. It is believed at once, and asked about: a browser may be wrong. */
  readonly lose = (): void => {
    if (this.#failures === undefined) return;
    this.#failures = Math.max(1, this.#failures);
    this.#options.onConnection({ state: 'lost', retryAt: Date.now() });
    this.wake();
  };

  /**
   * @param signal ends it
   * @throws an error that another try does not solve: not found, not signed in
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#failures = 0;
    try {
      await this.#follow(signal);
    } finally {
      this.#failures = undefined;
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { ask, isHidden, onStatus, onConnection } = this.#options;
    let etag: string | undefined;
    let askedAt = Number.NEGATIVE_INFINITY;
    signal.addEventListener('abort', this.wake);
    while (!signal.aborted) {
      let seconds = HIDDEN_SECONDS - (Date.now() - askedAt) / 1000;
      try {
        if (!isHidden() || seconds <= 0) {
          askedAt = Date.now();
          const answer = await ask(etag, signal);
          if (signal.aborted) return;
          if (this.#failures !== 0) onConnection({ state: 'ok' });
          this.#failures = 0;
          etag = answer.etag;
          if (answer.status !== undefined) onStatus(answer.status);
          if ((answer.status?.status ?? 'RUNNING') !== 'RUNNING') return;
          seconds = answer.retryAfterSeconds ?? DEFAULT_SECONDS;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) throw error;
        const failures = this.#failures ?? 0;
        seconds = Math.max(
          BACKOFF_SECONDS[failures] ?? Math.max(...BACKOFF_SECONDS),
          error instanceof ApiError ? (error.retryAfterSeconds ?? 0) : 0,
        );
        this.#failures = failures + 1;
        onConnection({ state: 'lost', retryAt: Date.now() + seconds * 1000 });
      }
      await this.#pause(seconds);
    }
  }

  async #pause(seconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = Number.isFinite(seconds) ? setTimeout(resolve, seconds * 1000) : undefined;
    this.#endPause = resolve;
    await promise;
    clearTimeout(timer);
  }
}
