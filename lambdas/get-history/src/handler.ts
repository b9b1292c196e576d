import { SFNClient } from '@aws-sdk/client-sfn';
import { createClient } from '@goal-activity/core/aws/clients.ts';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { readExecution } from '@goal-activity/core/execution/executions.ts';
import { executionArnParameter, httpBoundary } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { readHistory } from '@goal-activity/core/workflow/workflow.ts';
import { getHistory } from './get-history.ts';

const { EXECUTIONS_TABLE: executions, STATE_MACHINE_ARN: stateMachineArn } = readEnvironment([
  'EXECUTIONS_TABLE',
  'STATE_MACHINE_ARN',
]);
const db = createDatabase({ executions });
const client = createClient(SFNClient);
const log = createLog('get-history');

/** Step Functions has so long for all pages; then the answer comes from the database. */
const HISTORY_MS = 5_000;

/** GET /api/workflows/{executionArn}/history */
export const handler = httpBoundary(log, async ({ userId, path }) => ({
  status: 200,
  body: await getHistory(executionArnParameter(path, stateMachineArn), userId, {
    read: (executionArn) => readExecution(db, executionArn),
    readHistory: (executionArn) => readHistory(executionArn, client, AbortSignal.timeout(HISTORY_MS)),
    log,
  }),
}));
