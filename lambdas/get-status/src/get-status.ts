import { createHash } from 'node:crypto';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import type { Prices } from '@goal-activity/core/execution/cost.ts';
import { pollAfterSeconds, statusAnswer } from '@goal-activity/core/execution/status.ts';
import type { RepairTools } from '@goal-activity/core/workflow/repair.ts';
import { repairOnRead } from '@goal-activity/core/workflow/repair-on-read.ts';

/**
 * The status of an execution, from the database alone, and the seconds until it is worth asking again. A stale record is
 * repaired first (rule 4).
 * @throws Problem execution_not_found, for someone else's execution too (rule 5)
 */
export async function getStatus(executionArn: string, userId: string, tools: RepairTools, prices: Prices) {
  const { executions } = tools;
  const [found, usualActionMs] = await Promise.all([executions.read(executionArn), executions.pace.usualActionMs()]);
  if (found.record?.userId !== userId) throw executionNotFound();
  const repaired = await repairOnRead(tools, found.record);
  const { record = repaired, outcomes } = repaired === found.record ? found : await executions.read(executionArn);
  const now = executions.now();
  return {
    answer: statusAnswer(record, outcomes, prices, now, usualActionMs),
    pollAfterSeconds: pollAfterSeconds(record, outcomes, now),
  };
}

/**
 * The entity tag of a status answer: of all that it says but for the one number that goes by the clock, so that a client
 * that polls is sent something when something has happened. Weak (RFC 9110, 8.8.1), since answers with the same tag may
 * differ in that one; a client counts the remaining seconds down by itself.
 */
export function statusEtag(answer: ReturnType<typeof statusAnswer>): string {
  const { estimatedSecondsRemaining: _estimate, ...content } = answer;
  return `W/"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`;
}
