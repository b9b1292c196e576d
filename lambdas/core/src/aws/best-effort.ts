import { TransientError } from '../errors.ts';
import { errorFields, type Log, type LogFields } from '../log/logger.ts';

/**
 * Does what must neither fail a step nor hold it up: a failure is logged, and after `limitMs` nobody waits for it any more.
 * @param failure what the log says when it did not work
 */
export async function bestEffort(
  log: Pick<Log, 'warn'>,
  failure: string,
  ids: LogFields,
  work: () => Promise<unknown>,
  limitMs = 2_000,
): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TransientError(`It took more than ${limitMs} ms`)), limitMs);
  try {
    await Promise.race([work(), late.promise]);
  } catch (thrown) {
    log.warn(failure, { ...ids, ...errorFields(thrown) });
  } finally {
    clearTimeout(timer);
  }
}
