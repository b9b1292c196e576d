import type { Log, LogFields } from '../log/logger.ts';
import { isSlow, SLOWER } from '../pace/pace.ts';
import { advise } from './advice.ts';
import type { OnEnded } from './executions.ts';
import { durationOf } from './records.ts';

/**
 * Runs once per execution, in the call that settled it: logs the end with status, counts, duration and the goal's status
 * (requirement 7), a degraded one with advice (requirement 12), and writes the metrics.
 * @param writeMetrics left out behind the API, where a call must not depend on CloudWatch: then the status event or the
 * sweep writes them
 */
export function createEndRecorder(log: Log, writeMetrics?: OnEnded): OnEnded {
  return async (record, outcomes, goalStatus) => {
    const { executionArn, goalId, status, totalActions, error, cause, actionMs, usualActionMs } = record;
    const durationMs = durationOf(record);
    const fields: LogFields = {
      executionArn,
      goalId,
      state: 'Ended',
      status,
      ...(goalStatus === undefined ? {} : { goalStatus }),
      durationMs,
      totalActions,
      savedActions: record.savedActions ?? 0,
      failedActions: record.failedActions ?? 0,
      taskCount: record.taskCount ?? 0,
      ...(actionMs === undefined ? {} : { actionMs }),
      ...(usualActionMs === undefined ? {} : { usualActionMs }),
      ...(error === undefined ? {} : { errorName: error }),
      ...(cause === undefined ? {} : { errorMessage: cause.slice(0, 300) }),
    };
    const abnormal = status === 'FAILED' || status === 'TIMED_OUT';
    log[abnormal ? 'error' : 'info']('execution ended', fields);
    const advice = record.cancelRequestedAt === undefined ? advise(outcomes, record) : undefined;
    if (advice !== undefined)
      log.warn('execution was slow or failing', { ...fields, ...(isSlow(record) ? { code: SLOWER } : {}), advice });
    await writeMetrics?.(record, outcomes);
  };
}
