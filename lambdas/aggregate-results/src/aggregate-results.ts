import type { Database } from '@goal-activity/core/aws/database.ts';
import { countOutcomes, endOutcome, enterState, listOutcomes } from '@goal-activity/core/execution/executions.ts';
import { failureReason } from '@goal-activity/core/execution/failure.ts';
import { progressFields } from '@goal-activity/core/execution/progress.ts';
import type { Log } from '@goal-activity/core/log/logger.ts';
import type { OutcomeRow } from '@goal-activity/core/types.ts';
import { statusByOutcome } from '@goal-activity/core/workflow/settle.ts';
import type { FromSchema } from 'json-schema-to-ts';
import type { inputSchema, outputSchema } from './schema.ts';

export type Input = FromSchema<typeof inputSchema>;
export type Output = FromSchema<typeof outputSchema>;

const UNREPORTED = { Error: 'Unreported', Cause: 'The action ended without a result' };

/** The failures that are still to be written: actions whose row says PENDING although their branch has ended. */
export function unrecordedFailures(outcomes: readonly OutcomeRow[], results: Input['results'][number]) {
  return outcomes
    .filter(({ outcome }) => outcome === 'PENDING')
    .map(({ actionId, position }) => {
      const { failure = UNREPORTED } = results.find((result) => result.actionId === actionId) ?? {};
      return { position, error: failure.Error, reason: failureReason(failure) };
    });
}

/** Counts what became of the actions, from their rows (rule 6), after writing failures that could not be written before. */
export async function aggregateResults(
  db: Database,
  { executionArn, goalId, results }: Input,
  log: Log,
  now: Date,
): Promise<Output> {
  const unrecorded = unrecordedFailures(await listOutcomes(db, executionArn), results.flat());
  await Promise.all(
    unrecorded.map(({ position, error, reason }) =>
      endOutcome(db, executionArn, position, { outcome: 'FAILED', error, reason }, now),
    ),
  );
  const outcomes = await listOutcomes(db, executionArn);
  const counts = countOutcomes(outcomes);
  await enterState(db, log, executionArn, 'UpdateGoalStatus', progressFields({}, outcomes, now));
  return {
    executionArn,
    goalId,
    status: statusByOutcome(counts),
    savedActions: counts.saved,
    failedActions: counts.failed,
    taskCount: counts.tasks,
  };
}
