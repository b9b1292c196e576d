import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { type GivenExecution, givenExecution, givenGoal, givenSaved } from '../../../../test/support/stack/goal.ts';
import type { Database } from '../../src/aws/database.ts';
import { getGoal, listActions } from '../../src/goal/rows.ts';
import { listTasks } from '../../src/goal/tasks.ts';
import type { ExecutionRow } from '../../src/types.ts';
import { noteEnds } from './ends.ts';

/** The end of a run that came to its last step. */
export const BY_OUTCOME = { status: 'by outcome', notify: 'machine' } as const;

/** What the record of an execution says when its user asks for a cancel now. */
export const cancelRequested = () => ({ cancelRequestedAt: new Date().toISOString() });

/** A record whose place in the sparse index is named by its part alone, `RUNNING` or `UNARCHIVED`. */
export const withPart = (record: ExecutionRow | undefined) => ({
  ...record,
  runningShard: record?.runningShard?.replace(/#.*/, ''),
});

/** The deployed tables for the hooks and tests of one describe block, with what tests put into them and read of them. */
export function useTables() {
  const db = useDatabase();
  return {
    db,
    executions: executionsOf(db),
    /** On a clock that stands still. */
    executionsAt: (now: Date) => executionsOf(db, now),
    /** With a list of the ends that its settlements report. */
    notingEnds(on: Database = db) {
      const { onEnded, ...noted } = noteEnds();
      return { ...noted, noting: executionsOf(on, undefined, onEnded) };
    },
    goalOf: (goalId: string) => getGoal(db, goalId),
    actionsOf: (goalId: string) => listActions(db, goalId),
    tasksOf: (goalId: string) => listTasks(db, goalId),
    givenGoal: (actionCount?: number, userId?: string) => givenGoal(db, actionCount, userId),
    givenExecution: (options?: Parameters<typeof givenExecution>[1]) => givenExecution(db, options),
    givenSaved: (execution: GivenExecution, positions: readonly number[]) => givenSaved(db, execution, positions),
  };
}
