import { currentInvocation, Pause } from './invocation.ts';

/** Stands in for `setTimeout` of `node:timers/promises`. */
export const setTimeout = (ms: number, _value?: unknown, options: { readonly signal?: AbortSignal } = {}) =>
  currentInvocation().issue(new Pause(ms, options.signal));
