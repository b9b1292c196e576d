import { AsyncLocalStorage } from 'node:async_hooks';

/** What a Lambda's code meets of the world while one invocation of it runs. */
export interface Invocation {
  /** Sends a command of an AWS SDK client, or waits: the world decides when it is done, and how. */
  issue(command: object): Promise<unknown>;
  /** An id that no other call has, the same in every run of the same schedule. */
  newId(): string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** What the process of this invocation remembers: every invocation has a process of its own. */
  readonly memory: Map<object, Map<unknown, unknown>>;
}

/** The invocation that the running code belongs to. */
const storage = new AsyncLocalStorage<Invocation>();

export const runAs = <Result>(invocation: Invocation, run: () => Result): Result => storage.run(invocation, run);

/** @throws Error when code of a Lambda runs outside of every invocation */
export function currentInvocation(): Invocation {
  const invocation = storage.getStore();
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

/** Stands in for a map that a Lambda's process keeps: each invocation sees one of its own. */
export const processMap = <Key, Value>() =>
  new Proxy(new Map<Key, Value>(), {
    get: (shared, name) => {
      const { memory } = currentInvocation();
      const own = memory.get(shared) ?? new Map<unknown, unknown>();
      memory.set(shared, own);
      const member: unknown = Reflect.get(own, name, own);
      return typeof member === 'function' ? member.bind(own) : member;
    },
  });
