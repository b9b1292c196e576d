import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { type Database, transact } from '../aws/database.ts';
import type { Description } from '../aws/step-functions.ts';
import { updateOf } from '../aws/update.ts';
import { actionKey, GOAL } from '../goal/rows.ts';
import { takeSlot } from '../goal/slots.ts';
import type { TaskCounts } from '../goal/task-counts.ts';
import { pick } from '../pick.ts';
import type { ActionRow, ExecutionRow, GoalRow } from '../types.ts';
import type { Executions } from './executions.ts';
import { EXECUTION, HISTORY_DAYS, OPEN, OPEN_VALUES, RUNNING, shardOf } from './records.ts';

const DAY_SECONDS = 86_400;

/** What an execution is given: no time in it, so that a repeated StartExecution is the same request. */
export const executionInput = (record: Pick<ExecutionRow, 'goalId' | 'userId' | 'actionIds'>) =>
  pick(record, 'goalId', 'userId', 'actionIds');

/** The name of a goal's next execution: `<goalId>-<attempt>`, never used before. */
export const nextExecutionName = ({ goalId, attempt }: Pick<GoalRow, 'goalId' | 'attempt'>) =>
  `${goalId}-${attempt + 1}`;

/**
 * The record of an execution that is about to be started.
 * @param actionsLeftOut actions of the goal that have no tasks and are not among these
 */
export function newExecution(
  goal: GoalRow,
  actions: readonly ActionRow[],
  executionArn: string,
  now: Date,
  actionsLeftOut = 0,
): ExecutionRow {
  return {
    executionArn,
    goalId: goal.goalId,
    userId: goal.userId,
    name: nextExecutionName(goal),
    status: 'RUNNING',
    startedAt: now.toISOString(),
    actionIds: actions.map(({ actionId }) => actionId),
    ...(actionsLeftOut === 0 ? {} : { actionsLeftOut }),
    goalStatusBefore: goal.status,
    currentState: 'ValidateInput',
    totalActions: actions.length,
    processedActions: 0,
    savedActions: 0,
    failedActions: 0,
    taskCount: 0,
    runningShard: shardOf(RUNNING, executionArn),
    version: 1,
    expiresAt: Math.floor(now.getTime() / 1000) + HISTORY_DAYS * DAY_SECONDS,
  };
}

/** Nobody changed the goal since it was read. */
const UNCHANGED = 'version = :version AND #status = :before';

/**
 * Rule 1: the goal is claimed together with the execution's record and its pending outcomes, on the condition that
 * nobody changed the goal since it was read and that its user has a slot left. At most 3 + 64 items. A goal from before its
 * tasks were counted gets the counts.
 * @param maxRunning executions that a user may have running
 * @param counts of the goal's tasks, unless its row has them
 */
function claimItems(
  db: Database,
  goal: GoalRow,
  record: ExecutionRow,
  actions: readonly ActionRow[],
  maxRunning: number,
  counts: TaskCounts | undefined,
): NonNullable<TransactWriteCommandInput['TransactItems']> {
  const { executionArn, startedAt, expiresAt } = record;
  const { goalId } = goal;
  return [
    {
      Update: updateOf({
        TableName: db.goals,
        Key: { goalId, sk: GOAL },
        set: {
          ...{ status: 'processing', executionArn, attempt: goal.attempt + 1, updatedAt: startedAt },
          ...counts,
        },
        raisesVersion: true,
        condition: counts === undefined ? UNCHANGED : `${UNCHANGED} AND attribute_not_exists(taskCount)`,
        values: { version: goal.version, before: goal.status },
      }),
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
          executionArn,
          sk: actionKey(position),
          goalId,
          actionId,
          position,
          title,
          outcome: 'PENDING',
          taskCount: 0,
          failedAttempts: {},
          expiresAt,
        },
      },
    })),
  ];
}

/**
 * Why a claim is refused, by the place of the item whose condition did not hold. `changed`: someone wrote to the goal since
 * it was read; `full`: the user has no slot left; `taken`: there is a record under the execution's name, as after the table
 * of goals was restored to an earlier time.
 */
const REFUSED_BY = ['changed', 'full', 'taken'] as const;

/** Claims a goal for a new execution. */
export async function claim(
  { db }: Executions,
  goal: GoalRow,
  record: ExecutionRow,
  actions: readonly ActionRow[],
  maxRunning: number,
  counts?: TaskCounts,
): Promise<'claimed' | (typeof REFUSED_BY)[number]> {
  const items = claimItems(db, goal, record, actions, maxRunning, counts);
  const refusing = await transact(db, items, REFUSED_BY.length);
  return refusing === undefined ? 'claimed' : (REFUSED_BY[refusing] ?? 'changed');
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

/**
 * Takes back a claim whose execution cannot be started: the rows go, the goal is what it was (the attempt's name stays used).
 * @returns false when it is not there to be taken: the execution has begun, is being cancelled or has ended
 */
export async function unclaim(executions: Executions, record: ExecutionRow): Promise<boolean> {
  const { db } = executions;
  const { executionArn, goalId } = record;
  const outcomes = await executions.outcomes(executionArn);
  const freesGoal = updateOf({
    TableName: db.goals,
    Key: { goalId, sk: GOAL },
    set: { status: record.goalStatusBefore, updatedAt: executions.now().toISOString() },
    remove: ['executionArn'],
    raisesVersion: true,
    condition: '#status = :processing AND #executionArn = :executionArn',
    values: { processing: 'processing', executionArn },
  });
  const refusing = await transact(db, [
    { Update: freesGoal },
    {
      Delete: {
        TableName: db.executions,
        Key: { executionArn, sk: EXECUTION },
        ConditionExpression: `${OPEN} AND attribute_not_exists(confirmedAt)`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':running': OPEN_VALUES.running },
      },
    },
    ...outcomes.map(({ position }) => ({
      Delete: { TableName: db.executions, Key: { executionArn, sk: actionKey(position) } },
    })),
  ]);
  return refusing === undefined;
}
