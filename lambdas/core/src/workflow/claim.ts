import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { cancellationCodes, type Database } from '../aws/database.ts';
import { EXECUTION, HISTORY_DAYS, listOutcomes, OPEN, RUNNING_SHARD } from '../execution/executions.ts';
import { actionKey, GOAL } from '../goal/goals.ts';
import { takeSlot } from '../goal/slots.ts';
import type { ActionRow, ExecutionRow, GoalRow } from '../types.ts';
import type { Description } from './workflow.ts';

const DAY_SECONDS = 86_400;

/** What an execution is given: no time in it, so that a repeated StartExecution is the same request. */
export const executionInput = ({
  goalId,
  userId,
  actionIds,
}: Pick<ExecutionRow, 'goalId' | 'userId' | 'actionIds'>) => ({
  goalId,
  userId,
  actionIds,
});

/** The name of a goal's next execution: `<goalId>-<attempt>`, never used before. */
export const nextExecutionName = ({ goalId, attempt }: Pick<GoalRow, 'goalId' | 'attempt'>) =>
  `${goalId}-${attempt + 1}`;

/** The record of an execution that is about to be started. */
export function newExecution(
  goal: GoalRow,
  actions: readonly ActionRow[],
  executionArn: string,
  now: Date,
): ExecutionRow {
  return {
    executionArn,
    goalId: goal.goalId,
    userId: goal.userId,
    name: nextExecutionName(goal),
    status: 'RUNNING',
    startedAt: now.toISOString(),
    actionIds: actions.map(({ actionId }) => actionId),
    goalStatusBefore: goal.status,
    currentState: 'ValidateInput',
    totalActions: actions.length,
    processedActions: 0,
    savedActions: 0,
    failedActions: 0,
    taskCount: 0,
    runningShard: RUNNING_SHARD,
    version: 1,
    expiresAt: Math.floor(now.getTime() / 1000) + HISTORY_DAYS * DAY_SECONDS,
  };
}

/**
 * Rule 1: the goal is claimed together with the execution's record and its pending outcomes, on the condition that
 * nobody changed the goal since it was read and that its user has a slot left. At most 3 + 64 items.
 * @param maxRunning executions that a user may have running
 */
export function claimRequest(
  db: Database,
  goal: GoalRow,
  record: ExecutionRow,
  actions: readonly ActionRow[],
  maxRunning: number,
): TransactWriteCommandInput {
  return {
    TransactItems: [
      {
        Update: {
          TableName: db.goals,
          Key: { goalId: goal.goalId, sk: GOAL },
          UpdateExpression:
            'SET #status = :processing, executionArn = :executionArn, attempt = :attempt, version = version + :one, updatedAt = :now',
          ConditionExpression: 'version = :version AND #status = :before',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':processing': 'processing',
            ':executionArn': record.executionArn,
            ':attempt': goal.attempt + 1,
            ':one': 1,
            ':version': goal.version,
            ':before': goal.status,
            ':now': record.startedAt,
          },
        },
      },
      { Update: takeSlot(db, record, maxRunning) },
      {
        Put: {
          TableName: db.executions,
          Item: { ...record, sk: EXECUTION },
          ConditionExpression: 'attribute_not_exists(executionArn)',
        },
      },
      ...actions.map(({ actionId, position, title }) => ({
        Put: {
          TableName: db.executions,
          Item: {
            executionArn: record.executionArn,
            sk: actionKey(position),
            goalId: goal.goalId,
            actionId,
            position,
            title,
            outcome: 'PENDING',
            taskCount: 0,
            failedAttempts: {},
            ...(record.expiresAt === undefined ? {} : { expiresAt: record.expiresAt }),
          },
        },
      })),
    ],
  };
}

/**
 * `changed`: someone wrote to the goal since it was read; `full`: the user has no slot left; `taken`: there
 * is a record under the execution's name, as after the table of goals was restored to an earlier time.
 */
export type Claimed = 'claimed' | 'changed' | 'full' | 'taken';

/** The item of the claim's transaction whose condition did not hold, by its place. */
const REFUSED_BY = ['changed', 'full', 'taken'] as const;

/** Claims a goal for a new execution. */
export async function claim(
  db: Database,
  goal: GoalRow,
  record: ExecutionRow,
  actions: readonly ActionRow[],
  maxRunning: number,
): Promise<Claimed> {
  try {
    await db.client.send(new TransactWriteCommand(claimRequest(db, goal, record, actions, maxRunning)));
    return 'claimed';
  } catch (thrown) {
    const codes = cancellationCodes(thrown) ?? [];
    const refused = REFUSED_BY[codes.indexOf('ConditionalCheckFailed')];
    if (refused !== undefined) return refused;
    throw thrown;
  }
}

/** Lambda's clock and that of Step Functions are closer together than this; restoring a table takes longer. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * Whether what Step Functions has under a claim's name was started for this very claim. After a point-in-time restore the
 * goal counts its attempts from an earlier number, and the name may be that of an execution from before (names stay taken
 * for 90 days): its input differs, or it has ended and began before the claim. One that a repair started for the claim
 * began after it, ended or not.
 */
export function isForClaim(record: ExecutionRow, { status, input, startedAt }: Description): boolean {
  if (input !== undefined && input !== JSON.stringify(executionInput(record))) return false;
  if (status === 'RUNNING' || startedAt === undefined) return true;
  return startedAt.getTime() > Date.parse(record.startedAt) - CLOCKS_DIFFER_MS;
}

/** The transaction that takes a claim back: the rows go, the goal is what it was (the attempt's name stays used). */
export function unclaimRequest(
  db: Database,
  record: ExecutionRow,
  positions: readonly number[],
  now: Date,
): TransactWriteCommandInput {
  return {
    TransactItems: [
      {
        Update: {
          TableName: db.goals,
          Key: { goalId: record.goalId, sk: GOAL },
          UpdateExpression: 'SET #status = :before, version = version + :one, updatedAt = :now REMOVE executionArn',
          ConditionExpression: '#status = :processing AND executionArn = :executionArn',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':before': record.goalStatusBefore,
            ':processing': 'processing',
            ':executionArn': record.executionArn,
            ':one': 1,
            ':now': now.toISOString(),
          },
        },
      },
      {
        Delete: {
          TableName: db.executions,
          Key: { executionArn: record.executionArn, sk: EXECUTION },
          ConditionExpression: `${OPEN} AND attribute_not_exists(confirmedAt)`,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':running': 'RUNNING' },
        },
      },
      ...positions.map((position) => ({
        Delete: { TableName: db.executions, Key: { executionArn: record.executionArn, sk: actionKey(position) } },
      })),
    ],
  };
}

/**
 * Takes back a claim whose execution cannot be started.
 * @returns false when it is not there to be taken: the execution has begun, is being cancelled or has ended
 */
export async function unclaim(db: Database, record: ExecutionRow, now: Date): Promise<boolean> {
  const positions = (await listOutcomes(db, record.executionArn)).map(({ position }) => position);
  try {
    await db.client.send(new TransactWriteCommand(unclaimRequest(db, record, positions, now)));
    return true;
  } catch (thrown) {
    const codes = cancellationCodes(thrown);
    if (codes?.includes('ConditionalCheckFailed')) return false;
    throw thrown;
  }
}
