import { setTimeout as sleep } from 'node:timers/promises';

/** A rule of the event bus, as Terraform describes it. */
export interface EventRule {
  readonly name: string;
  readonly eventPattern: unknown;
  readonly targets: readonly { readonly functionName: string }[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * EventBridge's matching, as far as this project's rules use it: every field of the pattern is an object of fields or
 * a list of the values that match.
 * @throws Error for any other pattern (prefix, numeric, …), which would silently match wrongly
 */
export function matches(pattern: unknown, event: unknown): boolean {
  if (!isRecord(pattern)) throw new Error('An event pattern must be an object');
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = isRecord(event) ? event[field] : undefined;
    if (!Array.isArray(wanted)) return matches(wanted, value);
    return wanted.some((candidate) => {
      if (isRecord(candidate)) throw unknownFilter(field);
      return candidate === value;
    });
  });
}

/**
 * Says whether {@link matches} knows a pattern.
 * @throws Error naming the field whose filter it does not know
 */
export function checkPattern(pattern: unknown, field = 'the pattern'): void {
  if (Array.isArray(pattern)) {
    if (pattern.some((candidate) => typeof candidate === 'object' && candidate !== null)) throw unknownFilter(field);
    return;
  }
  if (!isRecord(pattern)) throw new Error(`The local event bus needs an object or a list at ${field}`);
  for (const [name, inner] of Object.entries(pattern)) checkPattern(inner, name);
}

const unknownFilter = (field: string) => new Error(`The local event bus does not know the filter of ${field}`);

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
