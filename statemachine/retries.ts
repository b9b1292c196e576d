/**
 * What Lambda itself reports when a function could not be run to its end: its service errors, a crash
 * (`Lambda.Unknown`, `Runtime.ExitError`) and the function's own timeout (`Sandbox.Timedout`).
 * None of them says anything about the request, so all may be retried.
 * Source: AWS Step Functions guide, "Handle transient Lambda service exceptions".
 */
const LAMBDA_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Sandbox.Timedout',
];

/** `TooManyRequestsException`: the function did not run, so no attempt at the work has been used up. */
const THROTTLED = 'Lambda.TooManyRequestsException';

/** The retriers that the template names by `"${name}"`; one retrier a list of errors, since each counts for itself. */
export const RETRIERS = {
  /** Steps that take milliseconds. */
  StandardRetry: {
    ErrorEquals: ['TransientError', 'States.Timeout', THROTTLED, ...LAMBDA_ERRORS],
    IntervalSeconds: 1,
    MaxAttempts: 4,
    BackoffRate: 2,
  },
  /**
   * Before the retriers of requirements 3 and 5: a throttled invocation never began, so it costs none of their attempts. It
   * is tried again for about as long as its batch lives (300 s): the waits are half of 2, 4, 8, 16, 30, 30 … s on average.
   */
  ThrottledRetry: {
    ErrorEquals: [THROTTLED],
    IntervalSeconds: 2,
    MaxAttempts: 23,
    BackoffRate: 2,
    MaxDelaySeconds: 30,
    JitterStrategy: 'FULL',
  },
  /** Requirement 3: up to 3 retries of an AI call, after 2, 4 and 8 s. */
  GenerateRetry: {
    ErrorEquals: ['TransientError', 'States.Timeout', ...LAMBDA_ERRORS],
    IntervalSeconds: 2,
    MaxAttempts: 3,
    BackoffRate: 2,
  },
  /** Requirement 5: up to 3 retries of a save, after 1, 2 and 4 s. */
  SaveRetry: {
    ErrorEquals: ['TransientError', 'States.Timeout', ...LAMBDA_ERRORS],
    IntervalSeconds: 1,
    MaxAttempts: 3,
    BackoffRate: 2,
  },
  /** A message to people is worth some patience: 2, 4, 8, 16 and 30 s. */
  NotifyRetry: {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 2,
    MaxAttempts: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 30,
  },
} as const;
