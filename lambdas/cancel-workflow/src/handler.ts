import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { wirePrices } from '@goal-activity/core/aws/wiring.ts';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import { createEndRecorder } from '@goal-activity/core/execution/ended.ts';
import { getExecution, listOutcomes, updateOpenExecution } from '@goal-activity/core/execution/executions.ts';
import { statusAnswer } from '@goal-activity/core/execution/status.ts';
import { executionArnParameter, httpBoundary, parseRequest } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { finishCancel } from '@goal-activity/core/workflow/cancel.ts';
import { createWorkflow } from '@goal-activity/core/workflow/workflow.ts';
import { cancelWorkflow } from './cancel-workflow.ts';
import * as validators from './validators.generated.js';

const environment = readEnvironment(['GOALS_TABLE', 'TASKS_TABLE', 'EXECUTIONS_TABLE', 'STATE_MACHINE_ARN']);
const prices = wirePrices();
const db = createDatabase({
  goals: environment.GOALS_TABLE,
  tasks: environment.TASKS_TABLE,
  executions: environment.EXECUTIONS_TABLE,
});
const workflow = createWorkflow(environment.STATE_MACHINE_ARN);
const log = createLog('cancel-workflow');
const onEnded = createEndRecorder(log);

/** POST /api/workflows/{executionArn}/cancel */
export const handler = httpBoundary(log, async ({ userId, path, body }) => {
  const executionArn = executionArnParameter(path, environment.STATE_MACHINE_ARN);
  const { reason = 'Cancelled by the user.' } = parseRequest(validators.request, body() ?? {});
  await cancelWorkflow(executionArn, userId, reason, {
    getExecution: (arn) => getExecution(db, arn),
    requestCancel: (arn, cancelRequestedBy, cancelReason) =>
      updateOpenExecution(db, arn, { cancelRequestedAt: new Date().toISOString(), cancelRequestedBy, cancelReason }),
    finishCancel: (record) => finishCancel(db, record, new Date(), onEnded),
    workflow,
    log,
  });
  const record = await getExecution(db, executionArn);
  if (record === undefined) throw executionNotFound();
  return { status: 200, body: statusAnswer(record, await listOutcomes(db, executionArn), prices, new Date()) };
});
