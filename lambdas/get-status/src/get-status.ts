import { createHash } from 'node:crypto';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import type { Prices } from '@goal-activity/core/execution/cost.ts';
import { pollAfterSeconds, statusAnswer } from '@goal-activity/core/execution/status.ts';
import type { ExecutionRow, OutcomeRow } from '@goal-activity/core/types.ts';

export interface Collaborators {
  /** Record and outcomes as one query gives them; the record is never older than the outcomes. */
  read(executionArn: string): Promise<{ record: ExecutionRow | undefined; outcomes: OutcomeRow[] }>;
  /** Repairs a stale record (rule 4). @returns the very record that it was given when nothing was to be done */
  repair(record: ExecutionRow): Promise<ExecutionRow>;
  readonly prices: Prices;
  now(): Date;
}

/**
 * The status of an execution, from the database alone, and the seconds until it is worth asking again.
 * @throws Problem execution_not_found, for someone else's execution too (rule 5)
 */
export async function getStatus(executionArn: string, userId: string, { read, repair, prices, now }: Collaborators) {
  const found = await read(executionArn);
  if (found.record?.userId !== userId) throw executionNotFound();
  const repaired = await repair(found.record);
  const { record = repaired, outcomes } = repaired === found.record ? found : await read(executionArn);
  const at = now();
  return {
    answer: statusAnswer(record, outcomes, prices, at),
    pollAfterSeconds: pollAfterSeconds(record, outcomes, at),
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
