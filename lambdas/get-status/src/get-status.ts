import { executionNotFound } from '@goal-activity/core/errors.ts';
import { type Prices, statusAnswer } from '@goal-activity/core/status.ts';
import type { ExecutionRow, OutcomeRow } from '@goal-activity/core/types.ts';

export interface Collaborators {
  getExecution(executionArn: string): Promise<ExecutionRow | undefined>;
  listOutcomes(executionArn: string): Promise<OutcomeRow[]>;
  /** Repairs a stale record (rule 4). */
  repair(record: ExecutionRow): Promise<ExecutionRow>;
  readonly prices: Prices;
  now(): Date;
}

/**
 * The status of an execution, from the database alone.
 * @throws Problem execution_not_found, for someone else's execution too (rule 5)
 */
export async function getStatus(executionArn: string, userId: string, collaborators: Collaborators) {
  const { getExecution, listOutcomes, repair, prices, now } = collaborators;
  const found = await getExecution(executionArn);
  if (found?.userId !== userId) throw executionNotFound();
  await repair(found);
  // Outcomes first: a record read after them is never older, so `SUCCEEDED` never comes with pending actions.
  const outcomes = await listOutcomes(executionArn);
  const record = (await getExecution(executionArn)) ?? found;
  return statusAnswer(record, record.status === 'RUNNING' ? outcomes : await listOutcomes(executionArn), prices, now());
}
