import type { Workflow } from '../aws/step-functions.ts';
import { describeError } from '../errors.ts';
import { finishCancel } from '../execution/cancel.ts';
import { executionInput, isForClaim } from '../execution/claim.ts';
import type { Executions } from '../execution/executions.ts';
import { type End, endedStatus, settle } from '../execution/settle.ts';
import { errorFields, type Log } from '../log/logger.ts';
import type { ExecutionRow } from '../types.ts';

/** What a repair takes; the API's Lambdas repair too, so it calls DynamoDB and Step Functions alone. */
export interface RepairTools {
  readonly executions: Executions;
  readonly workflow: Workflow;
  readonly log: Log;
  /** How long a start, or a cancel, may take before it is taken for dead; milliseconds. */
  readonly startGraceMs: number;
  /** The state machine's own timeout; milliseconds. */
  readonly executionTimeoutMs: number;
}

/** What a record needs that is still RUNNING, judged from the record alone: polling must not cost Step Functions calls. */
export function staleness(
  record: ExecutionRow,
  now: Date,
  { startGraceMs, executionTimeoutMs }: Pick<RepairTools, 'startGraceMs' | 'executionTimeoutMs'>,
): 'fresh' | 'cancel unfinished' | 'not confirmed' | 'overdue' {
  const age = (since: string) => now.getTime() - Date.parse(since);
  if (record.status !== 'RUNNING') return 'fresh';
  if (record.cancelRequestedAt !== undefined)
    return age(record.cancelRequestedAt) > startGraceMs ? 'cancel unfinished' : 'fresh';
  // A start may be delayed by a throttled StartExecution and by the retries of the first step.
  if (age(record.startedAt) > executionTimeoutMs + startGraceMs) return 'overdue';
  return record.confirmedAt === undefined && age(record.startedAt) > startGraceMs ? 'not confirmed' : 'fresh';
}

/**
 * Repairs an execution that a crash left half done (rules 1 and 4): a claim whose execution was never started is
 * started, an unfinished cancel is finished, an execution that ended unnoticed is settled. Its message and its metrics
 * are left to the sweep: see report.ts.
 * @returns the record as it is afterwards
 * @throws TransientError when a service does not answer; nothing is lost, the next call tries again
 */
export async function repair(tools: RepairTools, record: ExecutionRow): Promise<ExecutionRow> {
  const { executions, workflow, log } = tools;
  const { executionArn, goalId } = record;
  const state = staleness(record, executions.now(), tools);
  if (state === 'fresh') return record;
  log.warn('execution is stale, repairing', { executionArn, goalId, reason: state });
  const settleAs = async (end: Omit<End, 'notify'>) =>
    (await settle(executions, executionArn, { ...end, notify: 'pending' })) ?? record;
  if (state === 'cancel unfinished') {
    await workflow.stop(executionArn, 'ABORT', record.cancelReason ?? 'Cancelled by the user.');
    return (await finishCancel(executions, record)) ?? record;
  }
  if (state === 'not confirmed') {
    try {
      if ((await workflow.start(record.name, executionInput(record))) === 'started') {
        log.info('execution started', { executionArn, goalId });
        return record;
      }
    } catch (thrown) {
      if (describeError(thrown).name !== 'PermanentError') throw thrown;
      log.error('the execution cannot be started', { executionArn, goalId, ...errorFields(thrown) });
      return settleAs({ status: 'FAILED', error: 'StartRefused', cause: describeError(thrown).message });
    }
  }
  const description = await workflow.describe(executionArn);
  // StartExecution has just said that it is there: DescribeExecution is behind for a moment.
  if (description === undefined && state === 'not confirmed') return record;
  if (description && record.confirmedAt === undefined && !isForClaim(record, description)) {
    log.error('the name of the execution is taken', { executionArn, goalId });
    const cause = 'The name of this execution is that of an earlier one.';
    return settleAs({ status: 'FAILED', error: 'NameTaken', cause });
  }
  if (description === undefined) {
    return settleAs({ status: 'FAILED', error: 'NeverStarted', cause: 'There is no such execution.' });
  }
  const status = endedStatus(description.status);
  return status === undefined ? record : settleAs({ ...description, status });
}
