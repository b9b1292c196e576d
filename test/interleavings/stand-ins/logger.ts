import type { Log, LogFields } from '../../../lambdas/core/src/log/logger.ts';

const nothing = () => undefined;

/** Stands in for the log of the Lambdas, which would be most of what a run costs. */
export const createLog = (): Log => ({ debug: nothing, info: nothing, warn: nothing, error: nothing });

export const errorFields = (thrown: unknown): LogFields =>
  thrown instanceof Error ? { errorName: thrown.name } : { errorName: 'Error' };
