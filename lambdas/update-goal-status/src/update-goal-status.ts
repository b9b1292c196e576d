import { PermanentError, ValidationError } from '@goal-activity/core/errors.ts';
import type { Executions } from '@goal-activity/core/execution/executions.ts';
import { isOpen } from '@goal-activity/core/execution/records.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { settlementOf } from '@goal-activity/core/report/notification.ts';
import type { Readers } from '@goal-activity/core/report/readers.ts';
import type { Settlement } from '@goal-activity/core/types.ts';

/**
 * The last step of a run: closes the record and frees the goal by what the outcomes say.
 * @returns what the state machine does next; the same when an earlier attempt of this step had settled already
 */
export async function updateGoalStatus(
  executions: Executions,
  executionArn: string,
  readers: Readers,
): Promise<Settlement> {
  const record = await settle(executions, executionArn, { status: 'by outcome', notify: 'machine' });
  if (record === undefined) throw new ValidationError('The execution has no record');
  if (isOpen(record)) throw new PermanentError('The execution could not be settled');
  return settlementOf(record, () => executions.outcomes(executionArn), readers);
}
