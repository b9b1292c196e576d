import type { Database } from '../aws/database.ts';
import { describeError } from '../errors.ts';
import { errorFields, type Log } from '../log/logger.ts';
import type { ExecutionRow } from '../types.ts';
import { finishCancel } from './cancel.ts';
import { executionInput, isForClaim } from './claim.ts';
import { type End, type OnEnded, settle } from './settle.ts';
import type { Workflow } from './workflow.ts';

/** What a repair takes; the API's Lambdas repair too, so it calls DynamoDB and Step Functions alone. */
export interface RepairTools {
  readonly db: Database;
  readonly workflow: Workflow;
  readonly log: Log;
  readonly onEnded: OnEnded;
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

const ENDED = { SUCCEEDED: 'by outcome', FAILED: 'FAILED', TIMED_OUT: 'TIMED_OUT', ABORTED: 'ABORTED' } as const;

/** How to settle an execution of a status that Step Functions gives; undefined while it has not ended. */
export function endedStatus(status: string): (typeof ENDED)[keyof typeof ENDED] | undefined {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED'
    ? ENDED[status]
    : undefined;
}

/**
 * Repairs an execution that a crash left half done (rules 1 and 4): a claim whose execution was never started is
 * started, an unfinished cancel is finished, an execution that ended unnoticed is settled. Its message and its metrics
 * are left to the sweep: see report.ts.
 * @returns the record as it is afterwards
 * @throws TransientError when a service does not answer; nothing is lost, the next call tries again
 */
export async function repair(tools: RepairTools, record: ExecutionRow, now: Date): Promise<ExecutionRow> {
  const { db, workflow, log, onEnded } = tools;
  const { executionArn, goalId } = record;
  const state = staleness(record, now, tools);
  if (state === 'fresh') return record;
  log.warn('execution is stale, repairing', { executionArn, goalId, reason: state });
  if (state === 'cancel unfinished') {
    await workflow.stop(executionArn, 'ABORT', record.cancelReason ?? 'Cancelled by the user.');
    return (await finishCancel(db, record, now, onEnded)) ?? record;
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
      return settleEnded(
        tools,
        record,
        { status: 'FAILED', error: 'StartRefused', cause: describeError(thrown).message },
        now,
      );
    }
  }
  const description = await workflow.describe(executionArn);
  // StartExecution has just said that it is there: DescribeExecution is behind for a moment.
  if (description === undefined && state === 'not confirmed') return record;
  if (description && record.confirmedAt === undefined && !isForClaim(record, description)) {
    log.error('the name of the execution is taken', { executionArn, goalId });
    const cause = 'The name of this execution is that of an earlier one.';
    return settleEnded(tools, record, { status: 'FAILED', error: 'NameTaken', cause }, now);
  }
  const status = description ? endedStatus(description.status) : 'FAILED';
  if (status === undefined) return record;
  return settleEnded(
    tools,
    record,
    {
      status,
      error: description ? description.error : 'NeverStarted',
      cause: description ? description.cause : 'There is no such execution.',
    },
    now,
  );
}

async function settleEnded(
  { db, onEnded }: RepairTools,
  record: ExecutionRow,
  end: Omit<End, 'notify'>,
  now: Date,
): Promise<ExecutionRow> {
  return (await settle(db, record.executionArn, { ...end, notify: 'pending' }, now, onEnded)) ?? record;
}
