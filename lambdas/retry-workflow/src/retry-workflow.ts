import { executionNotFound, Problem } from '@goal-activity/core/errors.ts';
import { type Started, type StartTools, startExecution } from '@goal-activity/core/workflow/start.ts';

const nothingToDo = () =>
  new Problem(409, 'nothing_to_retry', 'There is nothing to retry', 'Every action of the goal has its tasks.');

/**
 * Retries what an execution left without tasks (requirement 14): one new execution for those actions of its goal that
 * have none, whichever execution failed them or was cancelled. Step Functions' own redrive would not do: it takes no
 * execution that succeeded, and one that saved some of its actions did. While the goal's execution runs, be it this one
 * or a later one, the answer is that execution (rule 1).
 * @throws Problem execution_not_found, nothing_to_retry, start_delayed, too_busy, too_many_executions
 */
export async function retryWorkflow(executionArn: string, userId: string, tools: StartTools): Promise<Started> {
  const record = await tools.executions.get(executionArn);
  if (record?.userId !== userId) throw executionNotFound();
  return startExecution({ goalId: record.goalId, userId }, { notFound: executionNotFound, nothingToDo }, tools);
}
