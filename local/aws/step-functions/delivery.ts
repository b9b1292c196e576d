import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { StatusEvent } from './status-event.ts';
import type { ExecutionStore, PendingEvent } from './store.ts';

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const LONGEST_CLOSE_MS = 5000;

export interface DeliveryOptions {
  readonly store: Pick<ExecutionStore, 'delivered'>;
  /** Gets each status event at least once; it is tried again until it resolves. */
  readonly onStatusChange: (event: StatusEvent) => Promise<void> | void;
  /** Told of each failed delivery. */
  readonly onDeliveryFailure?: ((event: StatusEvent, error: unknown) => void) | undefined;
  /** Shortens the waits between tries. */
  readonly timeScale: number;
}

/** Delivers status events at least once: an event is forgotten only after `onStatusChange` has resolved. */
export class StatusDelivery {
  readonly #options: DeliveryOptions;
  readonly #tries = new Set<Promise<boolean>>();
  readonly #closing = new AbortController();
  #isStoreOpen = true;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Delivers an event that has been stored. Resolves after the first try, whatever came of it; never fails. */
  async deliver(event: PendingEvent): Promise<void> {
    const isDelivered = await this.#try(event);
    if (!isDelivered) void this.#retry(event);
  }

  /** Ends the retries and waits a little for the tries under way. What is not delivered then stays stored. */
  async close(): Promise<void> {
    this.#closing.abort();
    const waited = new AbortController();
    const limit = sleep(LONGEST_CLOSE_MS, undefined, { signal: waited.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#tries), limit]);
    waited.abort();
    this.#isStoreOpen = false;
  }

  async #retry(event: PendingEvent): Promise<void> {
    const { signal } = this.#closing;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      await sleep(wait * this.#options.timeScale, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted || (await this.#try(event))) return;
    }
  }

  #try(event: PendingEvent): Promise<boolean> {
    const attempt = this.#send(event).finally(() => this.#tries.delete(attempt));
    this.#tries.add(attempt);
    return attempt;
  }

  async #send({ id, body }: PendingEvent): Promise<boolean> {
    const { store, onStatusChange, onDeliveryFailure } = this.#options;
    const event: StatusEvent = JSON.parse(body);
    await setImmediate(); // never inside the call that stored the event
    if (this.#closing.signal.aborted) return false;
    try {
      await onStatusChange(event);
    } catch (error) {
      onDeliveryFailure?.(event, error);
      return false;
    }
    if (this.#isStoreOpen) store.delivered(id);
    return true;
  }
}
