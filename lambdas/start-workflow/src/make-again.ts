import { actionNotFound, goalNotFound } from '@goal-activity/core/errors.ts';
import {
  type Started,
  type StartRequest,
  type StartTools,
  startExecution,
} from '@goal-activity/core/workflow/start.ts';

/**
 * Makes the tasks of one action again: one execution for this action alone, whose tasks take the place of those that no
 * person has changed (rule 8). Asked again while it runs, it answers with that execution (rule 1).
 * @throws Problem goal_not_found, action_not_found, goal_processing, execution_cancelling, start_delayed, too_busy,
 * too_many_executions
 */
export function makeAgain(request: Required<StartRequest>, tools: StartTools): Promise<Started> {
  return startExecution(request, { notFound: goalNotFound, nothingToDo: actionNotFound }, tools);
}
