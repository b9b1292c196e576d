import { SFNClient } from '@aws-sdk/client-sfn';
import { createClient } from '@goal-activity/core/clients.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment } from '@goal-activity/core/environment.ts';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import { readExecution } from '@goal-activity/core/executions.ts';
import { httpBoundary, pathParameter } from '@goal-activity/core/http.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { readHistory } from '@goal-activity/core/workflow.ts';
import { getHistory } from './get-history.ts';

const { EXECUTIONS_TABLE: executions } = readEnvironment(['EXECUTIONS_TABLE']);
const db = createDatabase({ executions });
const client = createClient(SFNClient);

/** GET /api/workflows/{executionArn}/history */
export const handler = httpBoundary(createLog('get-history'), async ({ userId, path }) => ({
  status: 200,
  body: await getHistory(pathParameter(path, 'executionArn', executionNotFound), userId, {
    read: (executionArn) => readExecution(db, executionArn),
    readHistory: (executionArn) => readHistory(executionArn, client),
  }),
}));
