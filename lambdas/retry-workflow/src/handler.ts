import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { executionArnParameter, httpBoundary } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { startAnswer } from '@goal-activity/core/workflow/start.ts';
import { wireStart } from '@goal-activity/core/workflow/wiring.ts';
import { retryWorkflow } from './retry-workflow.ts';

const log = createLog('retry-workflow');
const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
const tools = wireStart(log);

/** POST /api/workflows/{executionArn}/retry */
export const handler = httpBoundary(log, async ({ userId, path }) =>
  startAnswer(await retryWorkflow(executionArnParameter(path, stateMachineArn), userId, tools)),
);
