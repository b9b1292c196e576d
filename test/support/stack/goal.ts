import { randomUUID } from 'node:crypto';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { executionArnFor } from '@goal-activity/core/aws/execution-arn.ts';
import { claim, newExecution, nextExecutionName } from '@goal-activity/core/execution/claim.ts';
import { type End, settle } from '@goal-activity/core/execution/settle.ts';
import { getGoal, listActions } from '@goal-activity/core/goal/rows.ts';
import type { ActionRow, ExecutionRow } from '@goal-activity/core/types.ts';
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

interface GivenOptions {
  readonly actionCount?: number;
  readonly goalId?: string;
  readonly userId?: string;
  /** When it was claimed. */
  readonly now?: Date;
  /** As its first step would; so unless said otherwise. */
  readonly confirmed?: boolean;
  /** Positions of the actions that it is for; all unless said otherwise. */
  readonly only?: readonly number[];
  /** Positions of actions whose tasks are saved. */
  readonly saved?: readonly number[];
  /** When its user asked for a cancel, and why. */
  readonly cancelled?: Pick<ExecutionRow, 'cancelRequestedAt' | 'cancelReason'>;
  /** How it was settled. */
  readonly ended?: End;
}

/** Claims a goal for an execution, as a start does, without starting one. */
export async function givenExecution(db: Database, options: GivenOptions = {}): Promise<GivenExecution> {
  const { actionCount, now = new Date(), confirmed = true, only, saved = [], cancelled, ended } = options;
  const { goalId = (await givenGoal(db, actionCount, options.userId)).goalId } = options;
  const goal = await getGoal(db, goalId);
  if (goal === undefined) throw new Error(`no goal ${goalId}`);
  const actions = (await listActions(db, goalId)).filter(({ position }) => only?.includes(position) ?? true);
  const claimed = newExecution(goal, actions, executionArnFor(STATE_MACHINE_ARN, nextExecutionName(goal)), now);
  const executions = executionsOf(db);
  if ((await claim(executions, goal, claimed, actions, UNLIMITED)) !== 'claimed')
    throw new Error('the goal could not be claimed');
  const { executionArn } = claimed;
  if (confirmed) await executions.changeOpen(executionArn, { confirmedAt: now.toISOString() });
  const execution = { executionArn, goalId, userId: goal.userId, record: claimed, actions };
  await givenSaved(db, execution, saved);
  if (cancelled) await executions.changeOpen(executionArn, cancelled);
  if (ended) await settle(executions, executionArn, ended);
  return { ...execution, record: (await executions.get(executionArn)) ?? claimed };
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
