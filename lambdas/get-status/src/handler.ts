import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { readPrices } from '@goal-activity/core/execution/cost.ts';
import { executionArnParameter, httpBoundary, matchesEtag } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { wireRepair } from '@goal-activity/core/workflow/wiring.ts';
import { getStatus, statusEtag } from './get-status.ts';

const log = createLog('get-status');
const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
const tools = wireRepair(log);
const prices = readPrices();

/** GET /api/workflows/{executionArn}/status */
export const handler = httpBoundary(log, async ({ userId, path, headers }) => {
  const executionArn = executionArnParameter(path, stateMachineArn);
  const { answer, pollAfterSeconds } = await getStatus(executionArn, userId, tools, prices);
  const etag = statusEtag(answer);
  // On 304 too: a client that is told nothing new must still be told to ask less often.
  const head = { etag, 'retry-after': String(pollAfterSeconds) };
  return matchesEtag(headers['if-none-match'], etag)
    ? { status: 304, headers: head }
    : { status: 200, body: answer, headers: head };
});
