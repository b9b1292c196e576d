import { advise } from '@goal-activity/core/advice.ts';
import type { Database } from '@goal-activity/core/database.ts';
import { PermanentError, ValidationError } from '@goal-activity/core/errors.ts';
import { listOutcomes } from '@goal-activity/core/executions.ts';
import type { Log } from '@goal-activity/core/logger.ts';
import { settlementOf } from '@goal-activity/core/notification.ts';
import { settle } from '@goal-activity/core/settle.ts';
import type { Settlement } from '@goal-activity/core/types.ts';

/**
 * The last step of a run: closes the record and frees the goal by what the outcomes say.
 * @returns what the state machine does next; the same when an earlier attempt of this step had settled already
 */
export async function updateGoalStatus(db: Database, executionArn: string, log: Log, now: Date): Promise<Settlement> {
  const record = await settle(db, executionArn, { status: 'by outcome', notify: 'machine' }, now);
  if (record === undefined) throw new ValidationError('The execution has no record');
  if (record.status === 'RUNNING' && record.cancelRequestedAt === undefined) {
    throw new PermanentError('The execution could not be settled');
  }
  const outcomes = await listOutcomes(db, executionArn);
  const durationMs = Date.parse(record.stoppedAt ?? now.toISOString()) - Date.parse(record.startedAt);
  const fields = {
    executionArn,
    goalId: record.goalId,
    status: record.status,
    durationMs,
    totalActions: record.totalActions,
    savedActions: record.savedActions ?? 0,
    failedActions: record.failedActions ?? 0,
    taskCount: record.taskCount ?? 0,
  };
  log.info('execution ended', fields);
  const advice = advise(outcomes, durationMs);
  if (advice !== undefined) log.warn('execution was slow or failing', { ...fields, advice });
  return settlementOf(record, outcomes);
}
