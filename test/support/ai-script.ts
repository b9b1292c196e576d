import type { BedrockOptions, EndedCall, ScriptedAnswer } from '../../local/bedrock/bedrock.ts';

/** What the AI of a stack does, action by action, and what became of its calls. Titles must be unique in the stack. */
export class AiScript {
  readonly #answers = new Map<string, (call: number) => ScriptedAnswer>();
  readonly #ended = new Map<string, EndedCall[]>();

  /** For `useStack`. */
  readonly ai: Pick<BedrockOptions, 'script' | 'onEnd'> = {
    script: (action, call) => this.#answers.get(action)?.(call),
    onEnd: (call) => this.#ended.set(call.action, [...this.callsOf(call.action), call]),
  };

  /** @param answer by the number of the call, from 1 */
  plan(action: string, answer: (call: number) => ScriptedAnswer): void {
    this.#answers.set(action, answer);
  }

  /** The calls of an action that are over, in the order in which they came. */
  callsOf(action: string): EndedCall[] {
    return (this.#ended.get(action) ?? []).toSorted((one, other) => one.call - other.call);
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
