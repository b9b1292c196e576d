import type { ExecutionRow, OutcomeRow, Settlement } from './types.ts';

/** From this many actions that used up their retries, operations are told, not only informed (requirement 8: "several"). */
export const ESCALATE_FROM = 3;
const LISTED_FAILURES = 10;

/** An action failed although retrying was allowed: the AI or the platform is ill, not the action. */
export const outOfRetries = ({ outcome, error }: OutcomeRow) =>
  outcome === 'FAILED' && error !== undefined && !['PermanentError', 'ValidationError'].includes(error);

/** The page of an execution in the AWS console. */
export function consoleLink(executionArn: string): string {
  const region = executionArn.split(':')[3] ?? '';
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

const HEADLINES = {
  PARTIALLY_SUCCEEDED: 'some actions failed',
  FAILED: 'an execution failed',
  TIMED_OUT: 'HIGH PRIORITY: an execution timed out',
  ABORTED: 'an execution was aborted',
  SUCCEEDED: 'an execution succeeded',
  RUNNING: 'an execution is running',
} as const;

/** The headings of docs/operations.md that messages point to. */
export const RUNBOOK_ANCHORS = {
  PARTIALLY_SUCCEEDED: 'some-actions-failed',
  FAILED: 'execution-failed',
  TIMED_OUT: 'execution-timed-out',
  ABORTED: 'execution-aborted',
} as const;
export const ESCALATED_ANCHOR = 'several-actions-out-of-retries';

/** Where the runbook says what to do; undefined for a status that nobody is told of. */
function runbookLink(runbookUrl: string, status: ExecutionRow['status'], escalated: boolean): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return undefined;
  const anchor = escalated && status === 'PARTIALLY_SUCCEEDED' ? ESCALATED_ANCHOR : RUNBOOK_ANCHORS[status];
  return `${runbookUrl}#${anchor}`;
}

/** The message about an ended execution, for a person woken at night; SNS wants an ASCII subject of at most 100 characters. */
export function composeNotification(
  record: ExecutionRow,
  outcomes: readonly OutcomeRow[],
  runbookUrl: string,
): { subject: string; message: string } {
  const failures = outcomes.filter(({ outcome }) => outcome === 'FAILED');
  const escalated = failures.filter(outOfRetries).length >= ESCALATE_FROM;
  const runbook = runbookLink(runbookUrl, record.status, escalated);
  const lines = [
    `What happened: ${HEADLINES[record.status]} (${record.status}).`,
    `Summary: ${record.summary ?? 'none'}`,
    `Goal: ${record.goalId}`,
    `Execution: ${record.executionArn}`,
    `Started ${record.startedAt}, ended ${record.stoppedAt ?? 'not yet'}.`,
    ...(record.error === undefined ? [] : [`Error: ${record.error}: ${record.cause ?? 'no cause given'}`]),
    ...(failures.length === 0 ? [] : [`Failed actions (${failures.length}):`]),
    ...failures
      .slice(0, LISTED_FAILURES)
      .map(
        ({ actionId, position, error, reason }) =>
          `  #${position + 1} ${actionId}: ${error ?? 'Error'}: ${reason ?? ''}`,
      ),
    ...(failures.length > LISTED_FAILURES ? [`  and ${failures.length - LISTED_FAILURES} more`] : []),
    'What was saved is kept; the failed actions can be started again.',
    `Console: ${consoleLink(record.executionArn)}`,
    ...(runbook === undefined ? [] : [`Runbook: ${runbook}`]),
  ];
  const prefix = escalated && record.status === 'PARTIALLY_SUCCEEDED' ? 'ESCALATED: ' : '';
  return { subject: `[goal-activity] ${prefix}${HEADLINES[record.status]}`.slice(0, 100), message: lines.join('\n') };
}

/** What the state machine has to do after a settlement; a repeated call gives the same answer. */
export function settlementOf(record: ExecutionRow, outcomes: readonly OutcomeRow[], runbookUrl: string): Settlement {
  const { executionArn, status } = record;
  if (status === 'SUCCEEDED') return { executionArn, status, next: 'SUCCEED' };
  if (record.notify !== 'machine') return { executionArn, status, next: 'NONE' };
  const notification = composeNotification(record, outcomes, runbookUrl);
  if (status !== 'PARTIALLY_SUCCEEDED') return { executionArn, status, next: 'NOTIFY_FAILURE', notification };
  const next = outcomes.filter(outOfRetries).length >= ESCALATE_FROM ? 'ESCALATE_PARTIAL' : 'NOTIFY_PARTIAL';
  return { executionArn, status, next, notification };
}
