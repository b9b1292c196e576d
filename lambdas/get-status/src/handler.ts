import { readEnvironment } from '@goal-activity/core/environment.ts';
import { readExecution } from '@goal-activity/core/executions.ts';
import { executionArnParameter, httpBoundary, matchesEtag } from '@goal-activity/core/http.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { repairOnRead } from '@goal-activity/core/repair-on-read.ts';
import { wirePrices, wireRepair } from '@goal-activity/core/wiring.ts';
import { getStatus, statusEtag } from './get-status.ts';

const log = createLog('get-status');
const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
const tools = wireRepair(log);
const prices = wirePrices();

/** GET /api/workflows/{executionArn}/status */
export const handler = httpBoundary(log, async ({ userId, path, headers }) => {
  const body = await getStatus(executionArnParameter(path, stateMachineArn), userId, {
    read: (executionArn) => readExecution(tools.db, executionArn),
    repair: (record) => repairOnRead(tools, record, new Date()),
    prices,
    now: () => new Date(),
  });
  const etag = statusEtag(body);
  if (matchesEtag(headers['if-none-match'], etag)) return { status: 304, headers: { etag } };
  return { status: 200, body, headers: { etag } };
});
