import type { Messages } from '../i18n/en/en.ts';

/** What went wrong with an action, as far as a person can do something about it. */
export type FailureKind = keyof Messages['failure'];

/** First match wins. The texts are those that lambdas/ and Amazon Bedrock use; `error` is the class of the error. */
const RULES: readonly (readonly [FailureKind, RegExp])[] = [
  ['batchTimeOver', /BatchTimeout|time of the batch/i],
  ['quotaExhausted', /quota|tokens per day/i],
  ['accessDenied', /AccessDenied|refused access|not authorized|UnrecognizedClient|don't have access/i],
  ['throttled', /Throttl|TooManyRequests|Too many requests/i],
  ['invalidAnswer', /invalid tasks|did not call the tool|answer is invalid/i],
  ['timedOut', /States\.Timeout|in time|ModelTimeout|timed? ?out/i],
  [
    'runEnded',
    /ExecutionEnded|execution ended|ExecutionTimedOut|ABORT|no longer holds|was stopped|StartRefused|NameTaken/i,
  ],
  ['notSaved', /tasks were not saved|DynamoDB|ProvisionedThroughput|TransactionCanceled|TransactionConflict/i],
  ['aiUnavailable', /InternalServer|ServiceUnavailable|ModelNotReady|ModelError|ECONN|EPIPE|ENOTFOUND|TransientError/i],
];

/** @param error class of the error. @param reason what the workflow noted; may be empty */
export function failureKind(error: string, reason: string): FailureKind {
  const text = `${error} ${reason}`;
  return RULES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unknown';
}
