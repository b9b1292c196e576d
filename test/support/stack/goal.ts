import { randomUUID } from 'node:crypto';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { executionArnFor } from '@goal-activity/core/aws/execution-arn.ts';
import { claim, newExecution, nextExecutionName } from '@goal-activity/core/execution/claim.ts';
import { getGoal, listActions } from '@goal-activity/core/goal/rows.ts';
import type { ActionRow, ExecutionRow, GoalRow } from '@goal-activity/core/types.ts';
import { createGoal } from '@goal-activity/goals/src/goals.ts';
import { type Input as SaveInput, saveTasks } from '@goal-activity/save-tasks/src/save-tasks.ts';
import { executionsOf } from './executions.ts';

export const STATE_MACHINE_ARN = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:goal-activity-dev:live';

/** Executions that a user of a test may have running. */
const UNLIMITED = 1_000;

/** Makes a goal of a new user, by the code that the API runs. */
export async function givenGoal(db: Database, actionCount = 3, userId = `user-${randomUUID()}`) {
  const actions = Array.from({ length: actionCount }, (_, index) => ({
    title: `Action ${index + 1}`,
    type: 'habit' as const,
  }));
  const { goalId } = await createGoal(db, { title: 'A goal', actions }, userId, randomUUID, new Date());
  return { goalId, userId };
}

export interface GivenExecution {
  readonly executionArn: string;
  readonly goalId: string;
  readonly userId: string;
  readonly record: ExecutionRow;
  readonly actions: readonly ActionRow[];
}

async function mustGetGoal(db: Database, goalId: string): Promise<GoalRow> {
  const goal = await getGoal(db, goalId);
  if (goal === undefined) throw new Error(`no goal ${goalId}`);
  return goal;
}

/** Claims a goal for an execution, as a start does, without starting one; `confirmed` as its first step would. */
export async function givenExecution(
  db: Database,
  options: {
    actionCount?: number;
    goalId?: string;
    userId?: string;
    now?: Date;
    confirmed?: boolean;
    only?: number[];
  } = {},
): Promise<GivenExecution> {
  const { actionCount, now = new Date(), confirmed = true, only } = options;
  const { goalId } =
    options.goalId === undefined ? await givenGoal(db, actionCount, options.userId) : { goalId: options.goalId };
  const goal = await mustGetGoal(db, goalId);
  const actions = (await listActions(db, goalId)).filter(({ position }) => only?.includes(position) ?? true);
  const record = newExecution(goal, actions, executionArnFor(STATE_MACHINE_ARN, nextExecutionName(goal)), now);
  if ((await claim(executionsOf(db), goal, record, actions, UNLIMITED)) !== 'claimed')
    throw new Error('the goal could not be claimed');
  const { executionArn } = record;
  if (confirmed) await executionsOf(db).changeOpen(executionArn, { confirmedAt: now.toISOString() });
  return { executionArn, goalId, userId: goal.userId, record, actions };
}

/** The input of SaveTasks for one action of an execution. */
export function saveInput(
  execution: GivenExecution,
  position: number,
  taskCount = 3,
  batchStartedAt = new Date(),
): SaveInput {
  const action = execution.actions.find((candidate) => candidate.position === position);
  if (action === undefined) throw new Error(`no action at ${position}`);
  return {
    executionArn: execution.executionArn,
    goalId: execution.goalId,
    actionId: action.actionId,
    position,
    batchStartedAt: batchStartedAt.toISOString(),
    tasks: Array.from({ length: taskCount }, (_, index) => ({
      title: `Task ${index + 1}`,
      description: 'Do it.',
      type: 'execution' as const,
      estimatedMinutes: 15,
    })),
    usage: { inputTokens: 100, outputTokens: 50 },
  };
}

/** Saves tasks for the actions at these positions. */
export async function givenSaved(db: Database, execution: GivenExecution, positions: readonly number[]): Promise<void> {
  await Promise.all(positions.map((position) => saveTasks(executionsOf(db), saveInput(execution, position), 300_000)));
}
