import { executionNotFound } from '@goal-activity/core/errors.ts';
import { readExecution } from '@goal-activity/core/executions.ts';
import { httpBoundary, matchesEtag, pathParameter } from '@goal-activity/core/http.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { repair } from '@goal-activity/core/repair.ts';
import { wirePrices, wireRepair } from '@goal-activity/core/wiring.ts';
import { getStatus, statusEtag } from './get-status.ts';

const log = createLog('get-status');
const tools = wireRepair(log);
const prices = wirePrices();

/** GET /api/workflows/{executionArn}/status */
export const handler = httpBoundary(log, async ({ userId, path, headers }) => {
  const body = await getStatus(pathParameter(path, 'executionArn', executionNotFound), userId, {
    read: (executionArn) => readExecution(tools.db, executionArn),
    repair: (record) => repair(tools, record, new Date()),
    prices,
    now: () => new Date(),
  });
  const etag = statusEtag(body);
  if (matchesEtag(headers['if-none-match'], etag)) return { status: 304, headers: { etag } };
  return { status: 200, body, headers: { etag } };
});
