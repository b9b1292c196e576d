import type { Log, LogFields } from '../../../lambdas/core/src/log/logger.ts';
import { NO_PACE } from '../../../lambdas/core/src/pace/pace.ts';
import { currentInvocation, Pause } from './invocation.ts';

export * from 'node:crypto';

/** Stands in for `randomUUID` of `node:crypto`. */
export const randomUUID = () => currentInvocation().newId();

/** Stands in for `setTimeout` of `node:timers/promises`. */
export const setTimeout = (ms: number, _value?: unknown, options: { readonly signal?: AbortSignal } = {}) =>
  currentInvocation().issue(new Pause(ms, options.signal));

/** Stands in for the pace of a stage: a statistic that no rule depends on, and that a process remembers. */
export const createRecentPace = () => NO_PACE;
export const readRecentlyTaken = async () => undefined;

const nothing = () => undefined;

/** Stands in for the log of the Lambdas, which would be most of what a run costs. */
export const createLog = (): Log => ({ debug: nothing, info: nothing, warn: nothing, error: nothing });

export const errorFields = (thrown: unknown): LogFields =>
  thrown instanceof Error ? { errorName: thrown.name } : { errorName: 'Error' };

export const withFields = <Result>(_fields: LogFields, run: () => Result): Result => run();
