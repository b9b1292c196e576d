import { executionInput, newExecution, nextExecutionName } from '@goal-activity/core/claim.ts';
import { describeError, goalNotFound, Problem } from '@goal-activity/core/errors.ts';
import { errorFields, type Log } from '@goal-activity/core/logger.ts';
import type { ActionRow, ExecutionRow, GoalRow } from '@goal-activity/core/types.ts';
import type { Workflow } from '@goal-activity/core/workflow.ts';

export interface Collaborators {
  getGoal(goalId: string): Promise<GoalRow | undefined>;
  listActions(goalId: string): Promise<ActionRow[]>;
  /** Ids of the goal's actions that have tasks from before. */
  actionsWithTasks(goalId: string): Promise<ReadonlySet<string>>;
  getExecution(executionArn: string): Promise<ExecutionRow | undefined>;
  repair(record: ExecutionRow): Promise<ExecutionRow>;
  claim(goal: GoalRow, record: ExecutionRow, actions: readonly ActionRow[]): Promise<boolean>;
  unclaim(record: ExecutionRow, positions: readonly number[]): Promise<void>;
  readonly workflow: Workflow;
  readonly log: Log;
  now(): Date;
}

export interface Started {
  readonly isNew: boolean;
  readonly record: ExecutionRow;
}

/** Each round begins with fresh data; more are needed only while others keep changing the same goal. */
const ROUNDS = 8;

const startDelayed = (cause?: unknown) =>
  new Problem(503, 'start_delayed', 'The start is delayed', 'The goal is kept for you. Send the same request again.', {
    retryAfterSeconds: 2,
    cause,
  });

/** The execution that holds the goal, repaired if a crash left it half done; undefined once it has ended. */
async function runningExecution(
  goal: GoalRow,
  { getExecution, repair }: Collaborators,
): Promise<ExecutionRow | undefined> {
  const record = goal.executionArn === undefined ? undefined : await getExecution(goal.executionArn);
  const repaired = record && (await repair(record));
  return repaired?.status === 'RUNNING' ? repaired : undefined;
}

/** Issues StartExecution for a claim; see rule 1 for what becomes of the claim when that fails. */
async function startClaimed(
  record: ExecutionRow,
  positions: readonly number[],
  { workflow, unclaim, log }: Collaborators,
) {
  const { executionArn, goalId } = record;
  try {
    // `exists` means that a repair issued the same StartExecution before this one.
    await workflow.start(record.name, executionInput(record));
  } catch (thrown) {
    log.error('StartExecution failed', { executionArn, goalId, ...errorFields(thrown) });
    if (describeError(thrown).name !== 'PermanentError') throw startDelayed(thrown);
    await unclaim(record, positions);
    throw thrown;
  }
}

/**
 * Starts the activity of a goal: one execution for all of its actions that have no tasks yet. Asked again while it
 * runs, it answers with the running execution (rule 1).
 * @throws Problem goal_not_found, goal_already_active, goal_without_actions, start_delayed
 */
export async function startWorkflow(goalId: string, userId: string, collaborators: Collaborators): Promise<Started> {
  const { getGoal, listActions, actionsWithTasks, claim, workflow, log, now } = collaborators;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const goal = await getGoal(goalId);
    if (goal?.userId !== userId) throw goalNotFound();
    if (goal.status === 'active') {
      throw new Problem(
        409,
        'goal_already_active',
        'The goal is already active',
        'Every action of this goal has its tasks.',
      );
    }
    if (goal.status === 'processing') {
      const record = await runningExecution(goal, collaborators);
      if (record) return { isNew: false, record };
      continue;
    }
    const [actions, done] = await Promise.all([listActions(goalId), actionsWithTasks(goalId)]);
    if (actions.length === 0) {
      throw new Problem(
        422,
        'goal_without_actions',
        'The goal has no actions',
        'Add at least one action to the goal first.',
      );
    }
    const waiting = actions.filter(({ actionId }) => !done.has(actionId));
    const record = newExecution(goal, waiting, workflow.executionArnOf(nextExecutionName(goal)), now());
    if (!(await claim(goal, record, waiting))) continue;
    log.info('execution claimed', { executionArn: record.executionArn, goalId, totalActions: waiting.length });
    await startClaimed(
      record,
      waiting.map(({ position }) => position),
      collaborators,
    );
    return { isNew: true, record };
  }
  throw startDelayed();
}
