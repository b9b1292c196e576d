import { finishCancel } from '@goal-activity/core/cancel.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment, readNumbers } from '@goal-activity/core/environment.ts';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import { getExecution, listOutcomes, updateOpenExecution } from '@goal-activity/core/executions.ts';
import { httpBoundary, parseRequest, pathParameter } from '@goal-activity/core/http.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { statusAnswer } from '@goal-activity/core/status.ts';
import { createWorkflow } from '@goal-activity/core/workflow.ts';
import { cancelWorkflow } from './cancel-workflow.ts';
import * as validators from './validators.generated.js';

const environment = readEnvironment(['GOALS_TABLE', 'TASKS_TABLE', 'EXECUTIONS_TABLE']);
const prices = readNumbers(['USD_PER_MILLION_INPUT_TOKENS', 'USD_PER_MILLION_OUTPUT_TOKENS']);
const db = createDatabase({
  goals: environment.GOALS_TABLE,
  tasks: environment.TASKS_TABLE,
  executions: environment.EXECUTIONS_TABLE,
});
const workflow = createWorkflow('');
const log = createLog('cancel-workflow');

/** POST /api/workflows/{executionArn}/cancel */
export const handler = httpBoundary(log, async ({ userId, path, body }) => {
  const executionArn = pathParameter(path, 'executionArn', executionNotFound);
  const { reason = 'Cancelled by the user.' } = parseRequest(validators.request, body() ?? {});
  await cancelWorkflow(executionArn, userId, reason, {
    getExecution: (arn) => getExecution(db, arn),
    requestCancel: (arn, cancelRequestedBy, cancelReason) =>
      updateOpenExecution(db, arn, { cancelRequestedAt: new Date().toISOString(), cancelRequestedBy, cancelReason }),
    finishCancel: (record) => finishCancel(db, record, new Date()),
    workflow,
    log,
  });
  const record = await getExecution(db, executionArn);
  if (record === undefined) throw executionNotFound();
  const answer = statusAnswer(
    record,
    await listOutcomes(db, executionArn),
    { input: prices.USD_PER_MILLION_INPUT_TOKENS, output: prices.USD_PER_MILLION_OUTPUT_TOKENS },
    new Date(),
  );
  return { status: 200, body: answer };
});
