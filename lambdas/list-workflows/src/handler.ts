import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment } from '@goal-activity/core/environment.ts';
import { httpBoundary, parseRequest } from '@goal-activity/core/http.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { wirePrices } from '@goal-activity/core/wiring.ts';
import { readFilters } from './filters.ts';
import { listWorkflows } from './list-workflows.ts';
import * as validators from './validators.generated.js';

const { EXECUTIONS_TABLE: table } = readEnvironment(['EXECUTIONS_TABLE']);
const prices = wirePrices();
const { client } = createDatabase({ executions: table });

/** GET /api/workflows */
export const handler = httpBoundary(createLog('list-workflows'), async ({ userId, query }) => {
  const filters = readFilters(parseRequest(validators.listWorkflows, query), userId);
  return {
    status: 200,
    body: await listWorkflows(filters, { table, prices, query: (input) => client.send(new QueryCommand(input)) }),
  };
});
