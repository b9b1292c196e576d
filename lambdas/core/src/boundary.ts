import type { Context } from 'aws-lambda';
import { describeError, PermanentError, TransientError, ValidationError } from './errors.ts';
import { errorFields, type Log, type LogFields } from './logger.ts';

/** A validator compiled at build time from a schema constant: see scripts/validators.ts. */
export interface Validator<T> {
  (data: unknown): data is T;
  errors?: { instancePath: string; keyword: string; message?: string; params?: object }[] | null;
}

/** The places where the last call of a validator failed, without the values, which may be private. */
export function invalidPlaces(validator: Validator<unknown>): { path: string; message: string }[] {
  return (validator.errors ?? []).map((error) => ({
    path: error.instancePath,
    message: error.message ?? error.keyword,
  }));
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

/** Ids that a state's input, or the detail of a status event, may hold; they go on every log line of the invocation. */
function idsOf(event: unknown): LogFields {
  const ids: LogFields = {};
  if (typeof event !== 'object' || event === null) return ids;
  const { detail }: { detail?: unknown } = event;
  for (const holder of [event, Object(detail)]) {
    for (const name of ['executionArn', 'goalId', 'actionId'] as const) {
      const value: unknown = Reflect.get(holder, name);
      if (typeof value === 'string') ids[name] = value.slice(0, 256);
    }
  }
  return ids;
}

/** Class names of AWS and Node faults that say nothing about the request: it may be sent again. */
const TRANSIENT_NAMES = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ServiceUnavailable',
  'TimeoutError',
  'ReplicatedWriteConflictException',
  'LimitExceededException',
  'KMSThrottlingException',
]);
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
]);

/**
 * Gives an error of the AWS SDK or of Node its class for Retry and Catch (design.md section 5). Errors of our own
 * pass unchanged; anything unknown is permanent, since repeating a bug helps nobody.
 */
export function classify(thrown: unknown): Error {
  const { name, message } = describeError(thrown);
  if (
    ['ValidationError', 'TransientError', 'PermanentError', 'BatchTimeout', 'Problem'].includes(name) &&
    thrown instanceof Error
  ) {
    return thrown;
  }
  const details: { code?: unknown; $fault?: unknown; $retryable?: unknown; CancellationReasons?: { Code?: string }[] } =
    Object(thrown);
  const conflict =
    name === 'TransactionCanceledException' &&
    (details.CancellationReasons ?? []).some(
      ({ Code }) => Code === 'TransactionConflict' || Code === 'ThrottlingError',
    );
  const transient =
    TRANSIENT_NAMES.has(name) ||
    conflict ||
    details.$fault === 'server' ||
    details.$retryable !== undefined ||
    NETWORK_CODES.has(String(details.code));
  const Class = transient ? TransientError : PermanentError;
  return new Class(`${name}: ${message}`, { cause: thrown });
}

/**
 * Wraps the logic of a state: input and output are checked, start, end and failure logged, errors classified.
 * A bad input is a ValidationError, a bad output of our own a PermanentError.
 */
export function taskBoundary<Input, Output>(options: {
  readonly log: Log;
  readonly input: Validator<Input>;
  readonly output: Validator<Output>;
  readonly run: (input: Input) => Promise<Output>;
}): (event: unknown, context?: Pick<Context, 'awsRequestId'>) => Promise<Output> {
  const { log, input, output, run } = options;
  return async (event, context) => {
    const ids: LogFields = { ...idsOf(event), ...(context ? { awsRequestId: context.awsRequestId } : {}) };
    const started = performance.now();
    const durationMs = () => Math.round(performance.now() - started);
    log.info('step started', ids);
    try {
      const result = await run(parse(input, event, 'The input'));
      if (!output(result)) throw new PermanentError(`The output is invalid: ${explain(output)}`);
      log.info('step ended', { ...ids, durationMs: durationMs() });
      return result;
    } catch (thrown) {
      const error = classify(thrown);
      log.error('step failed', { ...ids, ...errorFields(error), durationMs: durationMs() });
      throw error;
    }
  };
}
