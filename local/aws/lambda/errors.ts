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

  constructor(body: FunctionErrorBody) {
    super(body.errorType, JSON.stringify(body));
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

/** @param timeoutMs the function's timeout, possibly shortened by TIME_SCALE */
export const timedOut = (requestId: string, timeoutMs: number) =>
  new FunctionError({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  });

/** The process ended with the invocation in it: by a signal (out of memory is one) or by an exit of its own. */
export function exited(requestId: string, code: number | null, signal: string | null): FunctionError {
  const why = signal === null ? `exit status ${code}` : `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${why}`;
  return new FunctionError({ errorType: 'Runtime.ExitError', errorMessage });
}

/** Anything that was thrown in a function, as Lambda's Node.js runtime describes it. */
export function describeThrown(thrown: unknown): FunctionErrorBody {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}
