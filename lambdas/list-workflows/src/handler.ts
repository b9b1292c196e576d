import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { wirePrices } from '@goal-activity/core/aws/wiring.ts';
import { createCursors, readCursorKey } from '@goal-activity/core/http/cursor.ts';
import { httpBoundary, parseRequest } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { readFilters } from './filters.ts';
import { listWorkflows } from './list-workflows.ts';
import * as validators from './validators.generated.js';

const { GOALS_TABLE: goals, EXECUTIONS_TABLE: table } = readEnvironment(['GOALS_TABLE', 'EXECUTIONS_TABLE']);
const prices = wirePrices();
const db = createDatabase({ goals, executions: table });
const cursors = createCursors(() => readCursorKey(db));

/** GET /api/workflows */
export const handler = httpBoundary(createLog('list-workflows'), async ({ userId, query }) => {
  const filters = readFilters(parseRequest(validators.listWorkflows, query), userId);
  return {
    status: 200,
    body: await listWorkflows(filters, {
      table,
      prices,
      cursors,
      query: (input) => db.client.send(new QueryCommand(input)),
    }),
  };
});
