import { createHash } from 'node:crypto';
import type { Prices } from '@goal-activity/core/cost.ts';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import { statusAnswer } from '@goal-activity/core/status.ts';
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
 * The status of an execution, from the database alone.
 * @throws Problem execution_not_found, for someone else's execution too (rule 5)
 */
export async function getStatus(executionArn: string, userId: string, { read, repair, prices, now }: Collaborators) {
  const { record, outcomes } = await read(executionArn);
  if (record?.userId !== userId) throw executionNotFound();
  const repaired = await repair(record);
  if (repaired === record) return statusAnswer(record, outcomes, prices, now());
  const after = await read(executionArn);
  return statusAnswer(after.record ?? repaired, after.outcomes, prices, now());
}

/**
 * The entity tag of a status answer: of all that it says but for the two numbers that go by the clock, so that a client
 * that polls is sent something when something has happened. Weak (RFC 9110, 8.8.1), since answers with the same tag may
 * differ in those two; a client counts the remaining seconds down by itself.
 */
export function statusEtag(answer: Awaited<ReturnType<typeof getStatus>>): string {
  const { estimatedSecondsRemaining: _estimate, pollAfterSeconds: _poll, ...content } = answer;
  return `W/"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`;
}
