import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import type { ExecutionRow, OutcomeRow } from '@goal-activity/core/types.ts';
import { recordTimeline } from './record-timeline.ts';
import { timelineOf } from './timeline.ts';

export interface Collaborators {
  read(executionArn: string): Promise<{ record: ExecutionRow | undefined; outcomes: OutcomeRow[] }>;
  /** Undefined when Step Functions does not know the execution. */
  readHistory(executionArn: string): Promise<HistoryEvent[] | undefined>;
}

/**
 * The timeline of an execution (requirement 13): what Step Functions has written down, or else what the database tells.
 * @throws Problem execution_not_found, for someone else's execution too (rule 5); TransientError when Step Functions is
 * asked too often
 */
export async function getHistory(executionArn: string, userId: string, { read, readHistory }: Collaborators) {
  const { record, outcomes } = await read(executionArn);
  if (record?.userId !== userId) throw executionNotFound();
  const timeline = timelineOf((await readHistory(executionArn)) ?? [], record.actionIds);
  const known = timeline.states.length > 0 ? timeline : recordTimeline(record, outcomes);
  return { executionArn, ...known };
}
