import type { ExecutionStatus, FailedAction } from '@goal-activity/client/types.ts';
import type { Messages } from '../i18n/en/en.ts';

/** What went wrong with an action, as far as a person can do something about it. */
export type FailureKind = keyof Messages['failure'];

/** Errors whose class says all that there is to say. */
const BY_NAME: readonly (readonly [FailureKind, RegExp])[] = [
  ['batchTimeOver', /^BatchTimeout$/],
  ['cancelled', /^ABORT$/],
  ['stopped', /^(ABORTED|LocalStack\..+)$/],
  ['timeLimit', /^TIMED_OUT$/],
  ['notStarted', /^(StartRefused|NameTaken|NeverStarted|ValidationError)$/],
  ['runEnded', /^(ExecutionEnded|AlreadySettled|WorkflowFailed|FAILED)$/],
  ['stepTimedOut', /^(States\.(Heartbeat)?Timeout|Sandbox\.Timedout|Lambda\.ClientExecutionTimeoutException)$/],
  ['serviceBusy', /^Lambda\.TooManyRequestsException$/],
  ['stepFailed', /^(States|Lambda|Runtime|Sandbox)\.|^Unreported$/],
];

/** The others hold many causes. First match wins; the texts are those that lambdas/ and the services use. */
const BY_REASON: readonly (readonly [FailureKind, RegExp])[] = [
  ['notPermitted', /not authorized to perform:? (dynamodb|kms|lambda|states):/i],
  ['quotaExhausted', /quota is exhausted|ServiceQuotaExceeded|tokens per day/i],
  ['accessDenied', /AccessDenied|refused access|not authorized|UnrecognizedClient|don't have access|use case details/i],
  [
    'notSaved',
    /were not saved|to be replaced|DynamoDB|ProvisionedThroughput|TransactionCanceled|TransactionConflict|TransactionInProgress/i,
  ],
  ['throttled', /Throttl|TooManyRequests|Too many requests/i],
  ['invalidAnswer', /invalid tasks|did not call the tool|answer that cannot be read|output is invalid/i],
  ['timedOut', /AI call did not answer in time|ModelTimeout/i],
  ['notSetUp', /ResourceNotFound|ValidationException/i],
  ['runEnded', /no longer holds|no such action/i],
  [
    'aiUnavailable',
    /InternalServer|ServiceUnavailable|ModelNotReady|ModelError|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|socket/i,
  ],
];

const find = (rules: readonly (readonly [FailureKind, RegExp])[], text: string) =>
  rules.find(([, pattern]) => pattern.test(text))?.[0];

const ENDS: Partial<Readonly<Record<ExecutionStatus['status'], FailureKind>>> = {
  ABORTED: 'stopped',
  TIMED_OUT: 'timeLimit',
};

/** The run and its error; whoever stops one from outside may give it any. */
type Run = Pick<ExecutionStatus, 'status' | 'error'>;

/**
 * @param failed its `reason` is what the workflow noted, and may be empty
 * @param run cuts off what has not ended with it, by its own error
 */
export function failureKind({ error, reason }: Pick<FailedAction, 'error' | 'reason'>, run?: Run): FailureKind {
  const byEnd = run?.error?.startsWith(error) ? ENDS[run.status] : undefined;
  const other = { TransientError: 'passing', PermanentError: 'refused' } as const;
  return (
    byEnd ??
    find(BY_NAME, error) ??
    find(BY_REASON, `${error} ${reason}`) ??
    Object.entries(other).find(([name]) => name === error)?.[1] ??
    'unknown'
  );
}

/** What trying again does not help before somebody has set something up. */
const NEEDS_ADMINISTRATOR: ReadonlySet<FailureKind> = new Set(['accessDenied', 'notPermitted', 'notSetUp']);

/** Whether every failure waits for an administrator. */
export const needsAdministrator = (run: Pick<ExecutionStatus, 'failedActions'> & Run): boolean =>
  run.failedActions.length > 0 &&
  run.failedActions.every((failed) => NEEDS_ADMINISTRATOR.has(failureKind(failed, run)));
