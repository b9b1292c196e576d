import { setTimeout as sleep } from 'node:timers/promises';

/** A rule of the event bus, as Terraform describes it. */
export interface EventRule {
  readonly name: string;
  readonly eventPattern: unknown;
  readonly targets: readonly { readonly functionName: string }[];
}

/**
 * EventBridge's matching, as far as this project's rules use it: every field of the pattern is an object of fields or
 * a list of the values that match.
 * @param pattern that {@link checkPattern} has passed
 */
const matches = (pattern: unknown, event: unknown): boolean =>
  Object.entries(Object(pattern)).every(([field, wanted]) => {
    const value: unknown = Reflect.get(Object(event), field);
    return Array.isArray(wanted) ? wanted.includes(value) : matches(wanted, value);
  });

/**
 * Says whether {@link matches} knows a pattern.
 * @throws Error naming the field whose filter it does not know (prefix, numeric, …)
 */
export function checkPattern(pattern: unknown, field = 'the pattern'): void {
  const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
  if (Array.isArray(pattern) ? pattern.some(isObject) : !isObject(pattern)) {
    throw new Error(`The local event bus does not know the filter of ${field}`);
  }
  if (Array.isArray(pattern)) return;
  for (const [name, inner] of Object.entries(Object(pattern))) checkPattern(inner, name);
}

/** Lambda tries an asynchronous invocation three times in all; on AWS after 1 and 2 minutes. */
const RETRY_AFTER_MS = [60_000, 120_000];

/** How functions are invoked that nobody waits for. */
export interface AsynchronousInvocation {
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Multiplies the pauses between tries. */
  readonly timeScale: number;
  /** Is told of an invocation that failed, and whether it is tried again. */
  onFailure(functionName: string, error: unknown, willRetry: boolean): void;
}

/**
 * Invokes a function as Lambda does asynchronously: tried again when it fails.
 * @returns once it has answered or was given up (where AWS has its dead-letter queue)
 */
export async function invokeAsynchronously(
  functionName: string,
  event: unknown,
  { invoke, timeScale, onFailure }: AsynchronousInvocation,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await invoke(functionName, event);
      return;
    } catch (error) {
      const pause = RETRY_AFTER_MS[attempt];
      onFailure(functionName, error, pause !== undefined);
      if (pause === undefined) return;
      await sleep(pause * timeScale, undefined, { ref: false });
    }
  }
}

export interface EventBusOptions extends AsynchronousInvocation {
  readonly rules: readonly EventRule[];
}

/**
 * Delivers an event to the targets of every rule that it matches, each tried like an asynchronous Lambda invocation.
 * @returns once every target has answered or was given up
 */
export function createEventBus({ rules, ...invocation }: EventBusOptions) {
  return async (event: unknown): Promise<void> => {
    const targets = rules.filter(({ eventPattern }) => matches(eventPattern, event)).flatMap((rule) => rule.targets);
    await Promise.all(targets.map(({ functionName }) => invokeAsynchronously(functionName, event, invocation)));
  };
}
