import { goalNotFound, Problem } from '@goal-activity/core/errors.ts';
import { type Started, type StartTools, startExecution } from '@goal-activity/core/workflow/start.ts';

function nothingToDo(actionCount: number): Problem {
  return actionCount === 0
    ? new Problem(422, 'goal_without_actions', 'The goal has no actions', 'Add at least one action to the goal first.')
    : new Problem(409, 'goal_already_active', 'The goal is already active', 'Every action of this goal has its tasks.');
}

/**
 * Starts the activity of a goal: one execution for all of its actions that have no tasks yet. Asked again while it
 * runs, it answers with the running execution (rule 1).
 * @throws Problem goal_not_found, goal_already_active, goal_without_actions, start_delayed, too_busy, too_many_executions
 */
export function startWorkflow(goalId: string, userId: string, tools: StartTools): Promise<Started> {
  return startExecution({ goalId, userId }, { notFound: goalNotFound, nothingToDo }, tools);
}
