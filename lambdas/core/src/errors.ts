/**
 * Errors of the workflow. `name` is the exact string that the state machine's Retry and Catch match
 * (docs/design.md, Decisions); `cause` carries the origin.
 */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
}

/** May be retried: throttling, a network fault, an answer that breaks its schema. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** Retrying cannot help: access denied, quota exhausted, an action that was cancelled. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** The 300 s of the action's batch are over; never retried. */
export class BatchTimeout extends Error {
  override readonly name = 'BatchTimeout';
}

/** One invalid place of a request. */
export interface InvalidField {
  /** JSON pointer into the request body; empty for the body itself. */
  readonly path: string;
  readonly message: string;
}

/** A refusal that an HTTP caller sees, as RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: readonly InvalidField[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  /**
   * @param status HTTP status
   * @param code stable identifier, listed in docs/openapi.yaml
   * @param title short text, the same for every occurrence
   * @param detail what is wrong this time, for a person
   */
  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    extra: { errors?: readonly InvalidField[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(detail, { cause: extra.cause });
    this.status = status;
    this.code = code;
    this.title = title;
    this.errors = extra.errors;
    this.retryAfterSeconds = extra.retryAfterSeconds;
  }
}

export const goalNotFound = () =>
  new Problem(404, 'goal_not_found', 'Goal not found', 'There is no goal with this id among yours.');

export const actionNotFound = () =>
  new Problem(404, 'action_not_found', 'Action not found', 'The goal has no action with this id.');

export const goalProcessing = () =>
  new Problem(409, 'goal_processing', 'The goal is being worked on', 'Wait until its execution has ended.');

export const executionNotFound = () =>
  new Problem(404, 'execution_not_found', 'Execution not found', 'There is no execution with this ARN among yours.');

export function executionCancelling(): Problem {
  const detail = 'The goal is free again in a moment. Send the same request again.';
  return new Problem(409, 'execution_cancelling', 'The execution is being cancelled', detail, { retryAfterSeconds: 2 });
}

export function tooManyExecutions(maxRunning: number): Problem {
  const detail = `At most ${maxRunning} of your executions may run at once. Wait until one has ended, or cancel one.`;
  return new Problem(429, 'too_many_executions', 'Too many running executions', detail, { retryAfterSeconds: 30 });
}

/** Name and message of anything that was thrown. */
export function describeError(thrown: unknown): { name: string; message: string } {
  return thrown instanceof Error
    ? { name: thrown.name, message: thrown.message }
    : { name: 'Error', message: String(thrown) };
}
