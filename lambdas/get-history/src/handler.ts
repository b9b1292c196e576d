import { SFNClient } from '@aws-sdk/client-sfn';
import { createClient } from '@goal-activity/core/aws/clients.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { readHistory } from '@goal-activity/core/aws/step-functions.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { executionArnParameter, httpBoundary } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { getHistory } from './get-history.ts';

const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
const executions = new Executions(openDatabase('executions'));
const client = createClient(SFNClient);
const log = createLog('get-history');

/** Step Functions has so long for all pages; then the answer comes from the database. */
const HISTORY_MS = 5_000;

/** GET /api/workflows/{executionArn}/history */
export const handler = httpBoundary(log, async ({ userId, path }) => ({
  status: 200,
  body: await getHistory(executionArnParameter(path, stateMachineArn), userId, {
    executions,
    readHistory: (executionArn) => readHistory(executionArn, client, AbortSignal.timeout(HISTORY_MS)),
    log,
  }),
}));
