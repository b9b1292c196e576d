import { setTimeout as sleep } from 'node:timers/promises';
import { FunctionError } from '../../../local/aws/lambda/errors.ts';
import { OUTAGE_ERRORS } from '../../../local/aws/sns/publish.ts';
import { snsTaskError } from '../../../local/aws/sns/sns-task.ts';
import type { TaskContext } from '../../../local/aws/step-functions/index.ts';

/** Multiplies every wait and timeout of both engines: small waits stay longer than what a busy machine adds to them. */
export const TIME_SCALE = 0.08;

/** What a message fails with that SNS did not take. */
export const SNS_ERROR = 'SNS.InternalErrorException';

/** One call of a Task state, as a script is asked about it. */
export interface TaskCall {
  readonly state: string;
  /** Of the action that the call is about; undefined for those that are about the whole run or a batch. */
  readonly position: number | undefined;
  /** How often this state has called for this action, from 1. */
  readonly attempt: number;
}

/**
 * What becomes of a call: it fails with an error before anything is done, it is not answered, or somebody else makes it, who
 * may wait, or change its answer.
 */
export type Behaviour =
  | { readonly error: string }
  | { readonly hangs: true }
  | { readonly by: (call: () => Promise<unknown>) => Promise<unknown> };

/** Makes a call so many seconds of the definition later. */
export const after = (seconds: number): Behaviour => ({
  by: async (call) => {
    await sleep(seconds * 1000 * TIME_SCALE);
    return call();
  },
});

/** Undefined for a call that nothing happens to. */
export type Script = (call: TaskCall) => Behaviour | undefined;

export const field = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);

function positionOf(payload: unknown): number | undefined {
  const position = field(payload, 'position') ?? field(field(payload, 'failure'), 'position');
  return typeof position === 'number' ? position : undefined;
}

/** A failed call as an engine sees it: what a Lambda threw, or what SNS answered. */
function failure(error: string): Error {
  if (error === SNS_ERROR) return snsTaskError(OUTAGE_ERRORS.failed());
  return new FunctionError({ errorType: error, errorMessage: `${error} of the conformance run` });
}

/** The scripts of runs that go on at the same time, by the goal in the execution's name. */
export class Scripts {
  readonly #scripts = new Map<string, Script>();
  readonly #attempts = new Map<string, number>();
  readonly #closed = new AbortController();

  set(goalId: string, script: Script): void {
    this.#scripts.set(goalId, script);
  }

  /** Stands around each call of a Task state, of either engine. */
  readonly around = async (task: TaskContext, call: () => Promise<unknown>, payload: unknown): Promise<unknown> => {
    const position = positionOf(payload);
    const key = `${task.executionArn} ${task.stateName} ${position}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    const script = [...this.#scripts].find(([goalId]) => task.executionArn.includes(goalId))?.[1];
    const behaviour = script?.({ state: task.stateName, position, attempt });
    if (behaviour === undefined) return call();
    if ('error' in behaviour) throw failure(behaviour.error);
    if ('by' in behaviour) return behaviour.by(call);
    // Longer than any test; the engine has given it up long before.
    return sleep(3_600_000, undefined, { signal: this.#closed.signal, ref: false });
  };

  /** Lets the calls go that hang. */
  close(): void {
    this.#closed.abort();
  }
}
