import type { Executions } from '@goal-activity/core/execution/executions.ts';
import { failureReason } from '@goal-activity/core/execution/failure-reason.ts';
import { countOutcomes } from '@goal-activity/core/execution/outcomes.ts';
import { progressFields } from '@goal-activity/core/execution/progress.ts';
import { statusByOutcome } from '@goal-activity/core/execution/settle.ts';
import type { Log } from '@goal-activity/core/log/logger.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema, outputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;

const UNREPORTED = { Error: 'Unreported', Cause: 'The action ended without a result' };

/** Counts what became of the actions, from their rows (rule 6), after writing failures that could not be written before. */
export async function aggregateResults(
  executions: Executions,
  { executionArn, goalId, results }: Input,
  log: Log,
): Promise<FromSchema<typeof outputSchema>> {
  const failures = new Map(results.flat().map(({ actionId, failure }) => [actionId, failure]));
  const outcomes = await executions.endPending(
    executionArn,
    await executions.outcomes(executionArn),
    ({ actionId }) => {
      const failure = failures.get(actionId) ?? UNREPORTED;
      return { outcome: 'FAILED', error: failure.Error, reason: failureReason(failure) };
    },
  );
  const counts = countOutcomes(outcomes);
  const fields = progressFields({}, outcomes, executions.now());
  await executions.enterState(log, executionArn, 'UpdateGoalStatus', fields);
  return {
    executionArn,
    goalId,
    status: statusByOutcome(counts),
    savedActions: counts.saved,
    failedActions: counts.failed,
    taskCount: counts.tasks,
  };
}
