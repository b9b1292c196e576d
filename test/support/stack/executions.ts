import type { Database } from '@goal-activity/core/aws/database.ts';
import { Executions, type OnEnded } from '@goal-activity/core/execution/executions.ts';

/**
 * The repository of executions on a database of a test.
 * @param now the time at which its clock stands still; the system's clock without
 * @param onEnded what follows a settlement; nothing without
 */
export const executionsOf = (db: Database, now?: Date, onEnded?: OnEnded) =>
  new Executions(db, {
    ...(now === undefined ? {} : { now: () => now }),
    ...(onEnded === undefined ? {} : { onEnded }),
  });
