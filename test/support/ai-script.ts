import { setTimeout as sleep } from 'node:timers/promises';
import type { BedrockOptions, EndedCall, ScriptedAnswer } from '../../local/aws/bedrock/bedrock.ts';

/** Far more than the limit of an AI call at the time scales of the tests. */
const OVER_LIMIT_MS = 60_000;

/** The answer of an AI that names the action in the title of its one task. */
export const taskNamedAfter = (action: string): ScriptedAnswer => ({
  toolInput: { tasks: [{ title: action, description: 'Do it.', type: 'execution', estimatedMinutes: 5 }] },
});

/** What the AI of a stack does, action by action, and what became of its calls. Titles must be unique in the stack. */
export class AiScript {
  readonly #answers = new Map<string, (call: number) => ScriptedAnswer>();
  readonly #begun = new Map<string, number>();
  readonly #ended = new Map<string, EndedCall[]>();

  /** For `useStack`. */
  readonly ai: Pick<BedrockOptions, 'script' | 'onEnd'> = {
    script: (action, call) => {
      this.#begun.set(action, (this.#begun.get(action) ?? 0) + 1);
      return this.#answers.get(action)?.(call);
    },
    onEnd: (call) => this.#ended.set(call.action, [...this.#endedOf(call.action), call]),
  };

  /** @param answer by the number of the call, from 1 */
  plan(action: string, answer: (call: number) => ScriptedAnswer): void {
    this.#answers.set(action, answer);
  }

  /**
   * The calls of an action whose run has ended, in the order in which they came. Waits for those that are not over: a
   * step that timed out is over before its Lambda gives its call up, and the AI sees a caller go later than that.
   */
  async callsOf(action: string): Promise<EndedCall[]> {
    const giveUpAt = performance.now() + OVER_LIMIT_MS;
    while (this.#endedOf(action).length < (this.#begun.get(action) ?? 0)) {
      if (performance.now() > giveUpAt) throw new Error(`an AI call of ${action} does not end`);
      await sleep(5);
    }
    return this.#endedOf(action).toSorted((one, other) => one.call - other.call);
  }

  #endedOf(action: string): EndedCall[] {
    return this.#ended.get(action) ?? [];
  }
}

/** The most of these intervals that hold one point; what ends at the moment another begins does not overlap it. */
export function mostAtOnce(intervals: readonly { readonly startedAt: number; readonly endedAt: number }[]): number {
  const changes = intervals
    .flatMap(({ startedAt, endedAt }) => [
      { at: startedAt, change: 1 },
      { at: endedAt, change: -1 },
    ])
    .sort((one, other) => one.at - other.at || one.change - other.change);
  let now = 0;
  let most = 0;
  for (const { change } of changes) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}
