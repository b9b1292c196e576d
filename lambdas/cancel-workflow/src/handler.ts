import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { createWorkflow } from '@goal-activity/core/aws/step-functions.ts';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import { readPrices } from '@goal-activity/core/execution/cost.ts';
import { createEndRecorder } from '@goal-activity/core/execution/end-recorder.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { statusAnswer } from '@goal-activity/core/execution/status.ts';
import { executionArnParameter, httpBoundary, parseRequest } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { cancelWorkflow } from './cancel-workflow.ts';
import * as validators from './validators.generated.js';

const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
const prices = readPrices();
const log = createLog('cancel-workflow');
const db = openDatabase('goals', 'tasks', 'executions');
const executions = new Executions(db, { onEnded: createEndRecorder(log) });
const workflow = createWorkflow(stateMachineArn);

/** POST /api/workflows/{executionArn}/cancel */
export const handler = httpBoundary(log, async ({ userId, path, body }) => {
  const executionArn = executionArnParameter(path, stateMachineArn);
  const given = body();
  const request = parseRequest(validators.request, given === undefined ? {} : given);
  const { reason = 'Cancelled by the user.' } = request;
  await cancelWorkflow(executionArn, userId, reason, { executions, workflow, log });
  const { record, outcomes } = await executions.read(executionArn);
  if (record === undefined) throw executionNotFound();
  return { status: 200, body: statusAnswer(record, outcomes, prices, executions.now()) };
});
