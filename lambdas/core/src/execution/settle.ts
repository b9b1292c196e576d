import { transact } from '../aws/database.ts';
import { updateOf } from '../aws/update.ts';
import { GOAL } from '../goal/rows.ts';
import type { Times } from '../pace/pace.ts';
import type { ExecutionRow, ExecutionStatus, GoalStatus, OutcomeRow } from '../types.ts';
import { actionMsOf, takenBy } from './estimate.ts';
import type { Executions } from './executions.ts';
import { addedTasks, countOutcomes, type OutcomeCounts } from './outcomes.ts';
import { countedFields } from './progress.ts';
import { EXECUTION, isOpen, OPEN, OPEN_VALUES } from './records.ts';

/** How an execution ended. */
export interface End {
  /** `by outcome`: what the counts say, for a run that reached its last step. */
  readonly status: 'by outcome' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** Who tells people: the state machine's own states, or whoever sends alerts. */
  readonly notify: 'machine' | 'pending';
}

/** How to settle an execution of a status that Step Functions gives; undefined while it has not ended. */
export function endedStatus(status: string): End['status'] | undefined {
  if (status === 'SUCCEEDED') return 'by outcome';
  return status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED' ? status : undefined;
}

/** The record's status of a run that reached its last step. */
export function statusByOutcome({ saved, total }: OutcomeCounts): ExecutionStatus {
  if (saved === total) return 'SUCCEEDED';
  return saved > 0 ? 'PARTIALLY_SUCCEEDED' : 'FAILED';
}

/**
 * The goal's status once an execution has ended without being cancelled: saved tasks are kept, whatever failed. One that
 * saved nothing leaves the goal as it was.
 */
export function goalStatusAfter(
  { saved, total }: OutcomeCounts,
  { goalStatusBefore: before, actionsLeftOut = 0 }: Pick<ExecutionRow, 'goalStatusBefore' | 'actionsLeftOut'>,
): GoalStatus {
  if (saved === 0) return before === 'draft' ? 'failed' : before;
  return saved === total && actionsLeftOut === 0 ? 'active' : 'partial';
}

/** When an execution has ended: when it is settled, but no earlier than its last action, which may be saved meanwhile. */
function endOf(outcomes: readonly OutcomeRow[], now: Date): string {
  const writtenAt = outcomes.flatMap(({ updatedAt }) => (updatedAt === undefined ? [] : Date.parse(updatedAt)));
  return new Date(Math.max(now.getTime(), ...writtenAt)).toISOString();
}

/** What tells one settlement from another. */
interface Closing extends Pick<ExecutionRow, 'status' | 'summary' | 'notify'> {
  /** How long its actions took, and what is usual; of a cancel, which says nothing of the pace, neither. */
  readonly times?: Times;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly goalStatus: GoalStatus;
  /** Of the record. */
  readonly condition?: string;
}

/**
 * Closes a record, frees its goal and counts the goal's new tasks in one transaction; whoever's write is accepted has settled
 * the execution. The record stays in the sweep's index for as long as something is due: see due.ts.
 * @returns the record as it is afterwards; undefined when someone else settled it
 */
export async function close(
  executions: Executions,
  record: ExecutionRow,
  outcomes: OutcomeRow[],
  { goalStatus, condition = OPEN, error, cause, times: { actionMs, usualActionMs } = {}, ...changes }: Closing,
): Promise<ExecutionRow | undefined> {
  const { db } = executions;
  const { executionArn, goalId } = record;
  const now = executions.now();
  const fields = {
    ...changes,
    stoppedAt: endOf(outcomes, now),
    currentState: 'Ended',
    ...countedFields(outcomes),
    progressPercentage: 100,
    estimatedSecondsRemaining: 0,
    progressAt: now.toISOString(),
    metrics: 'pending' as const,
    ...(actionMs === undefined ? {} : { actionMs }),
    ...(usualActionMs === undefined ? {} : { usualActionMs }),
    ...(error === undefined ? {} : { error: error.slice(0, 256) }),
    ...(cause === undefined ? {} : { cause: cause.slice(0, 1000) }),
  };
  const closesRecord = updateOf({
    TableName: db.executions,
    Key: { executionArn, sk: EXECUTION },
    set: fields,
    raisesVersion: true,
    condition,
    values: OPEN_VALUES,
  });
  const isHeld = '#status = :processing AND executionArn = :executionArn';
  const freesGoal = (add: { readonly taskCount?: number }, condition: string) =>
    updateOf({
      TableName: db.goals,
      Key: { goalId, sk: GOAL },
      set: { status: goalStatus, updatedAt: now.toISOString() },
      add,
      raisesVersion: true,
      condition,
      values: { processing: 'processing', executionArn },
    });
  const ofGoal = [
    freesGoal({ taskCount: addedTasks(outcomes) }, `${isHeld} AND attribute_exists(taskCount)`),
    // One from before its tasks were counted.
    freesGoal({}, isHeld),
    // It is no longer held by this execution: only the record is left to close.
    undefined,
  ];
  let refusing: number | undefined;
  let isFreed = false;
  for (const goal of ofGoal) {
    isFreed = goal !== undefined;
    refusing = await transact(db, [{ Update: closesRecord }, ...(goal === undefined ? [] : [{ Update: goal }])]);
    if (refusing !== 1) break;
  }
  if (refusing !== undefined) return undefined;
  const closed = { ...record, ...fields, version: record.version + 1 };
  await Promise.all([
    executions.onEnded(closed, outcomes, isFreed ? goalStatus : undefined),
    executions.pace.note(takenBy(closed)),
  ]);
  return closed;
}

/** Why an execution ended when Step Functions does not say, as of a time-out. */
const CAUSES = {
  FAILED: 'The execution failed.',
  TIMED_OUT: 'The execution did not end within its time limit.',
  ABORTED: 'The execution was stopped from outside.',
} as const;

/**
 * Settles an execution that ended: fences what is pending, counts what was saved, closes the record and frees the
 * goal. Called by whoever notices the end (last step, error handler, status event, repair), any number of times;
 * one of them does it. An execution that is being cancelled is left to the cancel.
 * @returns the record as it is afterwards; undefined when there is none
 */
export async function settle(
  executions: Executions,
  executionArn: string,
  end: End,
): Promise<ExecutionRow | undefined> {
  const found = await executions.read(executionArn);
  const { record } = found;
  if (!isOpen(record)) return record;
  const { error, cause } =
    end.status === 'by outcome' ? end : { error: end.error || end.status, cause: end.cause || CAUSES[end.status] };
  const reason = cause ?? 'The execution ended before this action.';
  const cutOff = { outcome: 'FAILED', error: error ?? 'ExecutionEnded', reason } as const;
  const [outcomes, usualActionMs] = await Promise.all([
    executions.endPending(executionArn, found.outcomes, () => cutOff),
    executions.pace.usualActionMs(),
  ]);
  const counts = countOutcomes(outcomes);
  const { total, saved, failed, tasks } = counts;
  const status = end.status === 'by outcome' ? statusByOutcome(counts) : end.status;
  const closed = await close(executions, record, outcomes, {
    status,
    summary: `${saved} of ${total} actions saved with ${tasks} tasks, ${failed} failed.`,
    notify: status === 'SUCCEEDED' ? 'none' : end.notify,
    error,
    cause,
    goalStatus: goalStatusAfter(counts, record),
    times: { actionMs: actionMsOf(record, outcomes, executions.now()), usualActionMs },
  });
  return closed ?? executions.get(executionArn);
}
