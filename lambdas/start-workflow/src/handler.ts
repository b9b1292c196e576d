import { goalNotFound } from '@goal-activity/core/errors.ts';
import { httpBoundary, pathParameter } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { startAnswer } from '@goal-activity/core/workflow/start.ts';
import { wireStart } from '@goal-activity/core/workflow/wiring.ts';
import { startWorkflow } from './start-workflow.ts';

const log = createLog('start-workflow');
const tools = wireStart(log);

/** POST /api/goals/{goalId}/start-activity */
export const handler = httpBoundary(log, async ({ userId, path }) =>
  startAnswer(await startWorkflow(pathParameter(path, 'goalId', goalNotFound), userId, tools)),
);
