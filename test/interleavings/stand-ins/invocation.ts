import { AsyncLocalStorage } from 'node:async_hooks';

/** What a Lambda's code meets of the world while one invocation of it runs. */
export interface Invocation {
  /** Sends a command of an AWS SDK client, or waits: the world decides when it is done, and how. */
  issue(command: object): Promise<unknown>;
  /** An id that no other call has, the same in every run of the same schedule. */
  newId(): string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** The invocation that the running code belongs to. */
export const invocations = new AsyncLocalStorage<Invocation>();

/** @throws Error when code of a Lambda runs outside of every invocation */
export function currentInvocation(): Invocation {
  const invocation = invocations.getStore();
  if (invocation === undefined) throw new Error('code of a Lambda runs outside of every invocation');
  return invocation;
}

/** A pause of a Lambda's code: a point where others may come in. */
export class Pause {
  readonly ms: number;
  readonly signal: AbortSignal | undefined;
  constructor(ms: number, signal: AbortSignal | undefined) {
    this.ms = ms;
    this.signal = signal;
  }

  /** A reader's answer waits so long for a repair; the pauses between two tries are shorter. */
  get isLong(): boolean {
    return this.ms >= 1_000;
  }
}
