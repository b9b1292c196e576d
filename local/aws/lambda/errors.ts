import { randomUUID } from 'node:crypto';

/** What Lambda answers for a failed invocation, and Step Functions passes on as Cause. */
export interface FunctionErrorBody {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack, line by line; only for what was thrown in the function. */
  readonly trace?: readonly string[];
}

/** A failed invocation: `name` is what Step Functions reports as Error, `message` what it reports as Cause. */
export class InvocationError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The function ran, or tried to, and failed: Cause is the JSON of its answer. */
export class FunctionError extends InvocationError {
  readonly body: FunctionErrorBody;

  constructor({ errorType, errorMessage, trace }: FunctionErrorBody) {
    const body = { errorType, errorMessage, ...(trace === undefined ? {} : { trace }) };
    super(errorType, JSON.stringify(body));
    this.body = body;
  }
}

/** The call never reached a function; Step Functions puts `Lambda.` before the names of the service's own errors. */
export const functionNotFound = (nameOrArn: string) =>
  new InvocationError('Lambda.ResourceNotFoundException', `Function not found: ${nameOrArn}`);

/** More invocations at once than there may be: this one did not begin. Cause is in the words of Step Functions' own client. */
export class ThrottledError extends InvocationError {
  constructor() {
    const details = `Status Code: 429; Error Code: TooManyRequestsException; Request ID: ${randomUUID()}; Proxy: null`;
    super('Lambda.TooManyRequestsException', `Rate Exceeded. (Service: AWSLambda; ${details})`);
  }
}

/** Bytes of a synchronous request ("Lambda quotas": 6 MB each for request and response). */
export const REQUEST_LIMIT = 6_291_456;
/** Bytes of a synchronous response, as Lambda's own message gives them. */
export const RESPONSE_LIMIT = 6_291_556;

export const requestTooLarge = (bytes: number) =>
  new InvocationError(
    'Lambda.RequestTooLargeException',
    `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${REQUEST_LIMIT} bytes)`,
  );

export const responseTooLarge = (): FunctionErrorBody => ({
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT} bytes).`,
});

/** @param timeoutMs the function's timeout, possibly shortened by TIME_SCALE */
export const timedOut = (requestId: string, timeoutMs: number) =>
  new FunctionError({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  });

/** Lambda's words for the signals that end a process. */
const SIGNALS: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

/** The process ended with the invocation in it: by a signal (out of memory is one) or by an exit of its own. */
export function exited(requestId: string, code: number | null, signal: string | null): FunctionError {
  const why = signal === null ? `exit status ${code}` : `signal: ${SIGNALS[signal] ?? signal}`;
  const what = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${why}`;
  return new FunctionError({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${what}` });
}

/** Anything that was thrown in a function, as Lambda's Node.js runtime describes it. */
export function describeThrown(thrown: unknown): FunctionErrorBody {
  try {
    if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
    return {
      errorType: String(thrown.name),
      errorMessage: String(thrown.message),
      trace: String(thrown.stack ?? '').split('\n'),
    };
  } catch {
    // An object without toString, or a getter that throws.
    return { errorType: 'handled', errorMessage: 'The thrown value cannot be read', trace: [] };
  }
}
