/** What Lambda reports of a function that did not run to its end, written without `statemachine/retries.ts`: tests hold that against it. */
export const LAMBDA_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Sandbox.Timedout',
] as const;
/** What it reports of one that did not run at all. */
export const THROTTLED = 'Lambda.TooManyRequestsException';
