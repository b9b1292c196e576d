/** Step Functions' limit for the input and output of states and tasks, in bytes of UTF-8. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** A run that is over was asked to go on. No Retry or Catch applies to it. */
export class ExecutionEndedError extends Error {
  override readonly name = 'LocalStack.ExecutionEnded';
  readonly isRetryable = false;
  readonly isCatchable = false;

  constructor() {
    super('The execution has ended');
  }
}

/** A task's error as Retry and Catch see it. */
export class TaskError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * @param label what the payload belongs to: a state's name, a function's ARN, a service
 * @throws TaskError States.DataLimitExceeded. AWS's guide says that States.ALL does not catch it; recordings of AWS
 * (LocalStack's snapshots of March 2024) show that it does for a task's result, and so it does here.
 */
export function requireSize(text: string, label: string): void {
  if (Buffer.byteLength(text) <= MAX_PAYLOAD_BYTES) return;
  throw new TaskError(
    'States.DataLimitExceeded',
    `The state/task '${label}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
