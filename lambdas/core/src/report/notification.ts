import { PermanentError } from '../errors.ts';
import { MODEL_ACCESS } from '../execution/advice.ts';
import type { ExecutionRow, OutcomeRow, Settlement } from '../types.ts';

/** A message about an execution; `kind` tells one from another. */
type Notification = NonNullable<Settlement['notification']>;

/** From this many actions that used up their retries, operations are told, not only informed (requirement 8: "several"). */
const ESCALATE_FROM = 3;
const LISTED_FAILURES = 10;

/** An action failed although retrying was allowed: the AI or the platform is ill, not the action. */
export const outOfRetries = ({ outcome, error }: OutcomeRow) =>
  outcome === 'FAILED' && error !== undefined && !['PermanentError', 'ValidationError'].includes(error);

/** The page of an execution in the AWS console. */
function consoleLink(executionArn: string): string {
  const region = executionArn.split(':')[3] ?? '';
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

interface News {
  readonly kind: Notification['kind'];
  readonly headline: string;
  /** The heading of docs/operations.md that says what to do. */
  readonly anchor: string;
}

/** What people are told, by the status of the execution. */
const NEWS_OF_STATUS: Readonly<Partial<Record<ExecutionRow['status'], News>>> = {
  PARTIALLY_SUCCEEDED: { kind: 'partial', headline: 'some actions failed', anchor: 'some-actions-failed' },
  FAILED: { kind: 'failure', headline: 'an execution failed', anchor: 'execution-failed' },
  TIMED_OUT: { kind: 'timeout', headline: 'HIGH PRIORITY: an execution timed out', anchor: 'execution-timed-out' },
  ABORTED: { kind: 'aborted', headline: 'an execution was aborted', anchor: 'execution-aborted' },
};
const ESCALATION: News = {
  kind: 'escalation',
  headline: 'ESCALATED: some actions failed',
  anchor: 'several-actions-out-of-retries',
};
/** Everything that a message can be about. */
export const NEWS: readonly News[] = [...Object.values(NEWS_OF_STATUS), ESCALATION];

function newsOf(status: ExecutionRow['status'], outcomes: readonly OutcomeRow[]): News {
  const news = NEWS_OF_STATUS[status];
  if (news === undefined) throw new PermanentError(`Nobody is told of an execution that is ${status}`);
  const escalated = status === 'PARTIALLY_SUCCEEDED' && outcomes.filter(outOfRetries).length >= ESCALATE_FROM;
  return escalated ? ESCALATION : news;
}

const errorOf = ({ error = 'Error', reason = '' }: OutcomeRow) => ({ error, reason });

/** How many failed and of what most of them died, in one line: what a person woken at night wants to know first. */
function failureLine(outcomes: readonly OutcomeRow[], failures: readonly OutcomeRow[]): string {
  const byError = Map.groupBy(failures.map(errorOf), ({ error }) => error);
  const [commonest, alike] = [...byError].reduce((most, next) => (next[1].length > most[1].length ? next : most));
  const reason = alike[0]?.reason ?? '';
  return `${failures.length} of ${outcomes.length} actions failed; commonest: ${commonest} (${alike.length}): ${reason}`;
}

/**
 * The message about an ended execution, for a person woken at night; SNS wants an ASCII subject of at most 100 characters.
 * @throws PermanentError for a status that nobody is told of
 */
export function composeNotification(
  record: ExecutionRow,
  outcomes: readonly OutcomeRow[],
  runbookUrl: string,
): Notification {
  const failures = outcomes.filter(({ outcome }) => outcome === 'FAILED');
  const { kind, headline, anchor } = newsOf(record.status, outcomes);
  const lines = [
    ...(failures.length === 0 ? [] : [failureLine(outcomes, failures)]),
    `What happened: ${headline} (${record.status}).`,
    `Summary: ${record.summary ?? 'none'}`,
    `Goal: ${record.goalId}`,
    `Execution: ${record.executionArn}`,
    `Started ${record.startedAt}, ended ${record.stoppedAt ?? 'not yet'}.`,
    ...(record.error === undefined ? [] : [`Error: ${record.error}: ${record.cause ?? 'no cause given'}`]),
    ...(failures.length === 0 ? [] : [`Failed actions (${failures.length}):`]),
    ...failures.slice(0, LISTED_FAILURES).map((failure) => {
      const { error, reason } = errorOf(failure);
      return `  #${failure.position + 1} ${failure.actionId}: ${error}: ${reason}`;
    }),
    ...(failures.length > LISTED_FAILURES ? [`  and ${failures.length - LISTED_FAILURES} more`] : []),
    ...(failures.some(({ reason = '' }) => MODEL_ACCESS.test(reason))
      ? [`The model refuses access; make check-model says what is missing: ${runbookUrl}#model-access`]
      : []),
    'What was saved is kept; the failed actions can be started again.',
    `Console: ${consoleLink(record.executionArn)}`,
    `Runbook: ${runbookUrl}#${anchor}`,
  ];
  return { subject: `[goal-activity] ${headline}`, message: lines.join('\n'), kind };
}

const NEXT_STATE: Readonly<Partial<Record<Notification['kind'], Settlement['next']>>> = {
  partial: 'NOTIFY_PARTIAL',
  escalation: 'ESCALATE_PARTIAL',
};

/**
 * What the state machine has to do after a settlement; a repeated call gives the same answer.
 * @param readOutcomes asked only when there is something to tell
 */
export async function settlementOf(
  record: ExecutionRow,
  readOutcomes: () => Promise<readonly OutcomeRow[]>,
  runbookUrl: string,
): Promise<Settlement> {
  const { executionArn, status } = record;
  if (status === 'SUCCEEDED') return { executionArn, status, next: 'SUCCEED' };
  if (record.notify !== 'machine') return { executionArn, status, next: 'NONE' };
  const notification = composeNotification(record, await readOutcomes(), runbookUrl);
  return { executionArn, status, next: NEXT_STATE[notification.kind] ?? 'NOTIFY_FAILURE', notification };
}
