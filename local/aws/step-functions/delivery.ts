import { setImmediate, setTimeout as setTimeoutPromise } from 'node:timers/promises';
import type { StatusEvent } from './status-event.ts';
import type { ExecutionStore, PendingEvent } from './store.ts';

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const LONGEST_CLOSE_MS = 5000;

export interface DeliveryOptions {
  readonly store: Pick<ExecutionStore, 'delivered' | 'pendingEvents'>;
  readonly onStatusChange: (event: StatusEvent) => Promise<void> | void;
  /** Told of each failed try; the event is tried again. */
  readonly onFailure: (event: StatusEvent, error: unknown) => void;
  /** Shortens the waits between tries. */
  readonly timeScale: number;
}

/** Delivers status events at least once: an event is forgotten only after `onStatusChange` has resolved. */
export class StatusDelivery {
  readonly #options: DeliveryOptions;
  readonly #tries = new Map<number, Promise<void>>();
  readonly #retries = new Map<number, NodeJS.Timeout>();
  #isClosed = false;
  #isStoreGone = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Tries an event that has been stored. Resolves after the first try, whatever came of it. */
  deliver({ id, body }: PendingEvent, retryMs = FIRST_RETRY_MS): Promise<void> {
    const known = this.#tries.get(id);
    if (known !== undefined || this.#isClosed || this.#retries.has(id)) return known ?? Promise.resolve();
    const event: StatusEvent = JSON.parse(body);
    const attempt = this.#try(id, event, retryMs, body).finally(() => this.#tries.delete(id));
    this.#tries.set(id, attempt);
    return attempt;
  }

  /** Tries everything that is stored and not under way. Resolves after the first tries. */
  async deliverPending(): Promise<void> {
    await Promise.all(this.#options.store.pendingEvents().map((event) => this.deliver(event)));
  }

  /** Ends the retries and waits a little for the tries under way. What is not delivered then stays stored. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#retries.values()) clearTimeout(timer);
    this.#retries.clear();
    const waited = new AbortController();
    await Promise.race([
      Promise.all(this.#tries.values()),
      setTimeoutPromise(LONGEST_CLOSE_MS, undefined, { signal: waited.signal }).catch(() => undefined),
    ]);
    waited.abort();
    this.#isStoreGone = true;
  }

  async #try(id: number, event: StatusEvent, retryMs: number, body: string): Promise<void> {
    await setImmediate(); // never inside the call that stored the event
    try {
      await this.#options.onStatusChange(event);
    } catch (error) {
      this.#options.onFailure(event, error);
      if (!this.#isClosed) this.#retryLater({ id, body }, retryMs);
      return;
    }
    if (!this.#isStoreGone) this.#options.store.delivered(id);
  }

  #retryLater(event: PendingEvent, retryMs: number): void {
    const timer = setTimeout(() => {
      this.#retries.delete(event.id);
      void this.deliver(event, Math.min(retryMs * 2, LONGEST_RETRY_MS));
    }, retryMs * this.#options.timeScale);
    timer.unref();
    this.#retries.set(event.id, timer);
  }
}
