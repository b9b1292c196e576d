/** An error as Step Functions' API answers it: `name` is what the SDK's error will be called. */
export class ServiceError extends Error {
  override readonly name: string;
  readonly statusCode: number;

  constructor(name: string, message: string, statusCode = 400) {
    super(message);
    this.name = name;
    this.statusCode = statusCode;
  }
}

/** A field breaks a constraint of the API's model. */
export function validationError(field: string, value: unknown, constraint: string): ServiceError {
  const shown = value === undefined || value === null ? 'null' : `'${String(value)}'`;
  return new ServiceError(
    'ValidationException',
    `1 validation error detected: Value ${shown} at '${field}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

export function executionDoesNotExist(executionArn: string): ServiceError {
  return new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
}

export function stateMachineDoesNotExist(stateMachineArn: string): ServiceError {
  return new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
}

/** What the API answers in an outage (API reference, "Common Errors"). */
export const OUTAGE_ERRORS = {
  throttled: () => new ServiceError('ThrottlingException', 'Rate exceeded'),
  failed: () =>
    new ServiceError('InternalFailure', 'The request processing has failed because of an unknown error', 500),
};
