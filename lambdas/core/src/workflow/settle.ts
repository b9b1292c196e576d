import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { cancellationCodes, type Database } from '../aws/database.ts';
import { usageOf } from '../execution/cost.ts';
import {
  countOutcomes,
  EXECUTION,
  endOutcome,
  getExecution,
  listOutcomes,
  OPEN,
  type OutcomeCounts,
} from '../execution/executions.ts';
import { endedProgress } from '../execution/progress.ts';
import { GOAL } from '../goal/goals.ts';
import type { ExecutionRow, ExecutionStatus, GoalStatus, OutcomeRow } from '../types.ts';

/** How an execution ended. */
export interface End {
  /** `by outcome`: what the counts say, for a run that reached its last step. */
  readonly status: 'by outcome' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** Who tells people: the state machine's own states, or whoever calls notify.ts. */
  readonly notify: 'machine' | 'pending';
}

/** The record's status of a run that reached its last step. */
export function statusByOutcome({ saved, total }: OutcomeCounts): ExecutionStatus {
  if (saved === total) return 'SUCCEEDED';
  return saved > 0 ? 'PARTIALLY_SUCCEEDED' : 'FAILED';
}

/** The goal's status once an execution has ended without being cancelled: saved tasks are kept, whatever failed. */
export function goalStatusAfter({ saved, total }: OutcomeCounts, before: GoalStatus): GoalStatus {
  if (saved === total) return 'active';
  return saved > 0 || before === 'partial' ? 'partial' : 'failed';
}

/** Rule 7: a goal that had tasks from before goes back to `partial`, any other to `draft`. */
export function goalStatusAfterCancel(before: GoalStatus): GoalStatus {
  return before === 'partial' ? 'partial' : 'draft';
}

export function summarize({ total, saved, failed, tasks }: OutcomeCounts): string {
  return `${saved} of ${total} actions saved with ${tasks} tasks, ${failed} failed.`;
}

/**
 * The transaction that closes a record and frees its goal; whoever's write is accepted has settled the execution. The
 * record stays in the sweep's index for as long as something is due: see due.ts.
 */
export function settleRequest(
  db: Database,
  record: ExecutionRow,
  fields: Readonly<Partial<ExecutionRow>>,
  goalStatus: GoalStatus,
  now: Date,
  condition: string = OPEN,
): TransactWriteCommandInput {
  const closed = { ...fields, metrics: 'pending' };
  const names = Object.keys(closed);
  return {
    TransactItems: [
      {
        Update: {
          TableName: db.executions,
          Key: { executionArn: record.executionArn, sk: EXECUTION },
          UpdateExpression: `SET version = version + :one, ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: {
            '#status': 'status',
            ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ':running': 'RUNNING',
            ':one': 1,
            ...Object.fromEntries(Object.entries(closed).map(([name, value]) => [`:${name}`, value])),
          },
        },
      },
      {
        Update: {
          TableName: db.goals,
          Key: { goalId: record.goalId, sk: GOAL },
          UpdateExpression: 'SET #status = :goalStatus, updatedAt = :now, version = version + :one',
          ConditionExpression: '#status = :processing AND executionArn = :executionArn',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':goalStatus': goalStatus,
            ':processing': 'processing',
            ':executionArn': record.executionArn,
            ':now': now.toISOString(),
            ':one': 1,
          },
        },
      },
    ],
  };
}

/** When an execution has ended: when it is settled, but no earlier than its last action, which may be saved meanwhile. */
export function endOf(outcomes: readonly OutcomeRow[], now: Date): string {
  const writtenAt = outcomes.flatMap(({ updatedAt }) => (updatedAt === undefined ? [] : Date.parse(updatedAt)));
  return new Date(Math.max(now.getTime(), ...writtenAt)).toISOString();
}

/** Why an execution ended when Step Functions does not say, as of a time-out. */
const CAUSES = {
  FAILED: 'The execution failed.',
  TIMED_OUT: 'The execution did not end within its time limit.',
  ABORTED: 'The execution was stopped from outside.',
} as const;

/**
 * Sends a settlement.
 * @returns false when the record's condition did not hold: someone else settled it
 */
export async function sendSettlement(db: Database, request: TransactWriteCommandInput): Promise<boolean> {
  try {
    await db.client.send(new TransactWriteCommand(request));
    return true;
  } catch (thrown) {
    const codes = cancellationCodes(thrown);
    if (codes?.[0] === 'ConditionalCheckFailed') return false;
    if (codes?.[1] !== 'ConditionalCheckFailed') throw thrown;
    // The goal is no longer held by this execution: only its record is left to close.
    return sendSettlement(db, { TransactItems: (request.TransactItems ?? []).slice(0, 1) });
  }
}

/**
 * Ends every action that is still PENDING as FAILED, so that a save that comes late is refused (rule 2).
 * @returns the outcomes as they are then
 */
export async function fencePending(
  db: Database,
  executionArn: string,
  error: string,
  reason: string,
  now: Date,
): Promise<OutcomeRow[]> {
  const pending = (await listOutcomes(db, executionArn)).filter(({ outcome }) => outcome === 'PENDING');
  const end = { outcome: 'FAILED', error, reason } as const;
  await Promise.all(pending.map(({ position }) => endOutcome(db, executionArn, position, end, now)));
  return listOutcomes(db, executionArn);
}

/**
 * Called by the one call whose write settled an execution, with record and outcomes as they are then: see ended.ts. Must
 * not throw: the settlement stands.
 */
export type OnEnded = (record: ExecutionRow, outcomes: readonly OutcomeRow[]) => Promise<void>;

/**
 * Settles an execution that ended: fences what is pending, counts what was saved, closes the record and frees the
 * goal. Called by whoever notices the end (last step, error handler, status event, repair), any number of times;
 * one of them does it. An execution that is being cancelled is left to the cancel.
 * @returns the record as it is afterwards; undefined when there is none
 */
export async function settle(
  db: Database,
  executionArn: string,
  end: End,
  now: Date,
  onEnded: OnEnded,
): Promise<ExecutionRow | undefined> {
  const record = await getExecution(db, executionArn);
  if (record?.status !== 'RUNNING' || record.cancelRequestedAt !== undefined) return record;
  const { error, cause } =
    end.status === 'by outcome' ? end : { error: end.error || end.status, cause: end.cause || CAUSES[end.status] };
  const outcomes = await fencePending(
    db,
    executionArn,
    error ?? 'ExecutionEnded',
    cause ?? 'The execution ended before this action.',
    now,
  );
  const counts = countOutcomes(outcomes);
  const status = end.status === 'by outcome' ? statusByOutcome(counts) : end.status;
  const fields: Partial<ExecutionRow> = {
    status,
    stoppedAt: endOf(outcomes, now),
    currentState: 'Ended',
    processedActions: counts.processed,
    savedActions: counts.saved,
    failedActions: counts.failed,
    taskCount: counts.tasks,
    ...endedProgress(now),
    usage: usageOf(outcomes),
    summary: summarize(counts),
    notify: status === 'SUCCEEDED' ? 'none' : end.notify,
    ...(error === undefined ? {} : { error: error.slice(0, 256) }),
    ...(cause === undefined ? {} : { cause: cause.slice(0, 1000) }),
  };
  const request = settleRequest(db, record, fields, goalStatusAfter(counts, record.goalStatusBefore), now);
  if (await sendSettlement(db, request)) await onEnded({ ...record, ...fields }, outcomes);
  return getExecution(db, executionArn);
}
