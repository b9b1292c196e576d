import type { Database } from '@goal-activity/core/aws/database.ts';
import { PermanentError, ValidationError } from '@goal-activity/core/errors.ts';
import { isOpen, listOutcomes } from '@goal-activity/core/execution/executions.ts';
import type { Settlement } from '@goal-activity/core/types.ts';
import { settlementOf } from '@goal-activity/core/workflow/notification.ts';
import { type OnEnded, settle } from '@goal-activity/core/workflow/settle.ts';

export interface Collaborators {
  readonly db: Database;
  readonly onEnded: OnEnded;
  readonly runbookUrl: string;
  readonly now: Date;
}

/**
 * The last step of a run: closes the record and frees the goal by what the outcomes say.
 * @returns what the state machine does next; the same when an earlier attempt of this step had settled already
 */
export async function updateGoalStatus(
  executionArn: string,
  { db, onEnded, runbookUrl, now }: Collaborators,
): Promise<Settlement> {
  const record = await settle(db, executionArn, { status: 'by outcome', notify: 'machine' }, now, onEnded);
  if (record === undefined) throw new ValidationError('The execution has no record');
  if (isOpen(record)) throw new PermanentError('The execution could not be settled');
  return settlementOf(record, await listOutcomes(db, executionArn), runbookUrl);
}
