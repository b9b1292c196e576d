import { actionNotFound, goalNotFound } from '@goal-activity/core/errors.ts';
import { httpBoundary, pathParameter } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { startAnswer } from '@goal-activity/core/workflow/start.ts';
import { wireStart } from '@goal-activity/core/workflow/wiring.ts';
import { makeAgain } from './make-again.ts';
import { startWorkflow } from './start-workflow.ts';

const log = createLog('start-workflow');
const tools = wireStart(log);

/** POST /api/goals/{goalId}/start-activity and POST /api/goals/{goalId}/actions/{actionId}/make-again */
export const handler = httpBoundary(log, async ({ userId, path }) => {
  const goalId = pathParameter(path, 'goalId', goalNotFound);
  if (path.actionId === undefined) return startAnswer(await startWorkflow(goalId, userId, tools));
  const actionId = pathParameter(path, 'actionId', actionNotFound);
  return startAnswer(await makeAgain({ goalId, userId, actionId }, tools));
});
