import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import type { Executions } from '@goal-activity/core/execution/executions.ts';
import { errorFields, type Log } from '@goal-activity/core/log/logger.ts';
import { recordTimeline } from './record-timeline.ts';
import { timelineOf } from './timeline.ts';

export interface Collaborators {
  readonly executions: Executions;
  /** Undefined when Step Functions does not know the execution. */
  readHistory(executionArn: string): Promise<HistoryEvent[] | undefined>;
  readonly log: Log;
}

/**
 * The timeline of an execution (requirement 13): what Step Functions has written down, or else what the database tells,
 * also while Step Functions does not answer (rule 9).
 * @throws Problem execution_not_found, for someone else's execution too (rule 5)
 */
export async function getHistory(
  executionArn: string,
  userId: string,
  { executions, readHistory, log }: Collaborators,
) {
  const { record, outcomes } = await executions.read(executionArn);
  if (record?.userId !== userId) throw executionNotFound();
  const history = await readHistory(executionArn).catch((thrown: unknown) => {
    log.warn('history comes from the database', { executionArn, ...errorFields(thrown) });
    return undefined;
  });
  const timeline = timelineOf(history ?? [], record.actionIds);
  const known = timeline.states.length > 0 ? timeline : recordTimeline(record, outcomes);
  return { executionArn, ...known };
}
