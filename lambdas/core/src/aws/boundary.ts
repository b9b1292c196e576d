import { describeError, PermanentError, TransientError, ValidationError } from '../errors.ts';
import { errorFields, type Log, type LogFields, withFields } from '../log/logger.ts';
import { collided } from './database.ts';
import { type InvocationContext, underDeadline } from './deadline.ts';

/** A validator compiled at build time from a schema constant: see scripts/build/validators.ts. */
export interface Validator<T> {
  (data: unknown): data is T;
  /** With keyword and parameters for a property too many. */
  errors?: { instancePath: string; message: string; keyword?: string; params?: object }[] | null;
}

/** The places where the last call of a validator failed, without the values, which may be private. */
export function invalidPlaces(validator: Validator<unknown>): { path: string; message: string }[] {
  return (validator.errors ?? []).map(({ instancePath: path, message }) => ({ path, message }));
}

function explain(validator: Validator<unknown>): string {
  return invalidPlaces(validator)
    .slice(0, 5)
    .map(({ path, message }) => `${path || '/'} ${message}`)
    .join('; ');
}

/**
 * Checks data from outside.
 * @throws ValidationError naming the places, never the values
 */
export function parse<T>(validator: Validator<T>, data: unknown, what: string): T {
  if (validator(data)) return data;
  throw new ValidationError(`${what} is invalid: ${explain(validator)}`);
}

/**
 * Ids that a state's input, the detail of a status event, an answer or a path may hold; they go on every log line of the
 * invocation. An action has its position, and the attempt, counted from 1, where the state says how often it was retried.
 */
export function idsOf(...holders: readonly unknown[]): LogFields {
  const ids: LogFields = {};
  for (const holder of holders) {
    for (const name of ['executionArn', 'goalId', 'actionId'] as const) {
      const value: unknown = Reflect.get(Object(holder), name);
      if (typeof value === 'string') ids[name] = value.slice(0, 256);
    }
    const { position, retryCount }: { position?: unknown; retryCount?: unknown } = Object(holder);
    if (typeof position === 'number') ids.position = position;
    if (typeof retryCount === 'number') ids.attempt = retryCount + 1;
  }
  return ids;
}

/** Errors that say nothing about the request: no answer in time, and faults of AWS whose status, 400, looks like a refusal. */
const PASSING_NAMES: ReadonlySet<string> = new Set([
  'AbortError',
  'TimeoutError',
  'ThrottlingException',
  'ThrottledException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'LimitExceededException',
  'ExecutionLimitExceeded',
  'KMSThrottlingException',
  'TransactionInProgressException',
  'ReplicatedWriteConflictException',
  'RequestTimeoutException',
]);
/** Client errors that are about the moment (RFC 9110, 15.5; RFC 4918; RFC 8470; RFC 6585): timeout, failed dependency, too early, too many. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 424, 425, 429]);

/**
 * What a failed call of a service means for the next one. What the service did not clearly refuse may pass: a fault of
 * its own, an answer that cannot be read, a connection that was not made or has broken.
 * @returns undefined for an error that is not known to come from a service, or from the connection to it
 */
export function judge(thrown: unknown): 'may pass' | 'refused' | undefined {
  const details: { code?: unknown; $retryable?: unknown; $metadata?: { httpStatusCode?: unknown } } = Object(thrown);
  const status = details.$metadata?.httpStatusCode;
  if (PASSING_NAMES.has(describeError(thrown).name) || details.$retryable !== undefined || collided(thrown)) {
    return 'may pass';
  }
  if (typeof status === 'number') {
    return status >= 400 && status < 500 && !PASSING_STATUSES.has(status) ? 'refused' : 'may pass';
  }
  // The system's and Node's errors have a code, as have Node's complaints about an argument: those are bugs of ours.
  const isBug = thrown instanceof TypeError || thrown instanceof RangeError;
  return typeof details.code === 'string' && !isBug ? 'may pass' : undefined;
}

/**
 * Gives an error of the AWS SDK or of Node its class for Retry and Catch (docs/design.md, Decisions). Errors of our own pass
 * unchanged; anything unknown is permanent, since repeating a bug helps nobody.
 */
export function classify(thrown: unknown): Error {
  const { name, message } = describeError(thrown);
  if (
    ['ValidationError', 'TransientError', 'PermanentError', 'BatchTimeout', 'Problem'].includes(name) &&
    thrown instanceof Error
  ) {
    return thrown;
  }
  const Class = judge(thrown) === 'may pass' ? TransientError : PermanentError;
  return new Class(`${name}: ${message}`, { cause: thrown });
}

/**
 * Wraps the logic of a state: input and output are checked, start, end and failure logged, errors classified, and all
 * is over before Lambda would end it.
 * A bad input is a ValidationError, a bad output of our own a PermanentError.
 */
export function taskBoundary<Input, Output>(options: {
  readonly log: Log;
  readonly input: Validator<Input>;
  readonly output: Validator<Output>;
  readonly run: (input: Input) => Promise<Output>;
}): (event: unknown, context?: InvocationContext) => Promise<Output> {
  const { log, input, output, run } = options;
  const step = async (event: unknown, context?: InvocationContext) => {
    const started = performance.now();
    const durationMs = () => Math.round(performance.now() - started);
    log.info('step started');
    try {
      const parsed = parse(input, event, 'The input');
      const result = await underDeadline(context, () => run(parsed));
      if (!output(result)) throw new PermanentError(`The output is invalid: ${explain(output)}`);
      const { outcome }: { outcome?: unknown } = Object(result);
      log.info('step ended', { ...(typeof outcome === 'string' ? { outcome } : {}), durationMs: durationMs() });
      return result;
    } catch (thrown) {
      const error = classify(thrown);
      log.error('step failed', { ...errorFields(error), durationMs: durationMs() });
      throw error;
    }
  };
  return (event, context) => {
    const { failure, detail }: { failure?: unknown; detail?: unknown } = Object(event);
    const ids = idsOf(event, failure, detail);
    return withFields(context ? { ...ids, awsRequestId: context.awsRequestId } : ids, () => step(event, context));
  };
}
