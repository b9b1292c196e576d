import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { readPrices } from '@goal-activity/core/execution/cost.ts';
import { createCursors, readCursorKey } from '@goal-activity/core/http/cursor.ts';
import { httpBoundary, parseRequest } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { readFilters } from './filters.ts';
import { listWorkflows } from './list-workflows.ts';
import * as validators from './validators.generated.js';

const prices = readPrices();
const db = openDatabase('goals', 'executions');
const cursors = createCursors(() => readCursorKey(db));

/** GET /api/workflows */
export const handler = httpBoundary(createLog('list-workflows'), async ({ userId, query }) => {
  const filters = readFilters(parseRequest(validators.listWorkflows, query), userId);
  return { status: 200, body: await listWorkflows(db, filters, prices, cursors) };
});
