import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, bodyOf } from '@goal-activity/client/client.ts';
import { ApiError, isPassing } from '@goal-activity/client/errors.ts';
import type { Goal, NewGoal } from '@goal-activity/client/types.ts';
import { sampleGoal } from '../../local/demo/sample/sample.ts';
import { counted } from './finding.ts';

/** How long the removal of one goal may take at most: its run is cancelled first. */
const LONGEST_REMOVAL_MS = 60_000;
const PAUSE_MS = 500;

/** The goals of one test, and their removal. */
export class Goals {
  readonly #api: ApiClient;
  /** By the key of their creation, which is safe to repeat: also of a creation whose answer never came. */
  readonly #requests = new Map<string, NewGoal>();

  readonly #removalMs: number;

  /** @param limitMs that the removal of a goal may take, if that is less than a minute */
  constructor(api: ApiClient, limitMs: number) {
    this.#api = api;
    this.#removalMs = Math.min(LONGEST_REMOVAL_MS, limitMs);
  }

  /** A goal with so many actions of the sample; nothing interrupts its creation, so that it is known what there is to remove. */
  create(actions: number): Promise<Goal> {
    const sample = sampleGoal('en', new Date());
    const title = `Smoke test: ${counted(actions, 'action')}`;
    const key = randomUUID();
    this.#requests.set(key, { ...sample, title, actions: sample.actions.slice(0, actions) });
    return this.#request(key);
  }

  #request(key: string): Promise<Goal> {
    const body = this.#requests.get(key);
    if (body === undefined) throw new RangeError(`no goal was asked for under ${key}`);
    return bodyOf(this.#api.POST('/api/goals', { body, params: { header: { 'Idempotency-Key': key } } }));
  }

  /**
   * Cancels what runs and deletes all goals.
   * @returns how many goals there were, and a sentence for each that is still there
   */
  async remove(): Promise<{ removed: number; left: string[] }> {
    const left: string[] = [];
    for (const key of this.#requests.keys()) {
      const failure = await this.#removeOne(key);
      if (failure !== undefined) left.push(failure);
    }
    return { removed: this.#requests.size - left.length, left };
  }

  async #removeOne(key: string): Promise<string | undefined> {
    let last: unknown = 'its run does not end';
    for (const giveUpAt = performance.now() + this.#removalMs; performance.now() < giveUpAt; await sleep(PAUSE_MS)) {
      try {
        if (await this.#tryToRemove(key)) return undefined;
      } catch (thrown) {
        if (thrown instanceof ApiError && (thrown.status === 404 || thrown.code === 'goal_deleted')) return undefined;
        last = thrown;
        // 409: its run has just ended, or is being cancelled.
        if (!isPassing(thrown) && !(thrown instanceof ApiError && thrown.status === 409)) break;
      }
    }
    return `A goal could not be removed (its creation has the Idempotency-Key ${key}): ${String(last)}`;
  }

  /** @returns false when its run has to end first, which is cancelled */
  async #tryToRemove(key: string): Promise<boolean> {
    const { goalId } = await this.#request(key);
    const path = { goalId };
    const { status, executionArn, version } = await bodyOf(this.#api.GET('/api/goals/{goalId}', { params: { path } }));
    if (status !== 'processing' || executionArn === null) {
      await this.#api.DELETE('/api/goals/{goalId}', { params: { path, query: { version } } });
      return true;
    }
    const body = { reason: 'The smoke test has ended' };
    await this.#api.POST('/api/workflows/{executionArn}/cancel', { params: { path: { executionArn } }, body });
    return false;
  }
}
