import { ARCHIVES } from './archive.ts';
import { BATCHES } from './batches.ts';
import { CANCELS } from './cancel.ts';
import { CHANGES } from './change.ts';
import { ENDS } from './end.ts';
import { DRAWN } from './everything.ts';
import { READS } from './reads.ts';
import type { Scenario } from './scenario.ts';
import { STARTS } from './start.ts';

/** Scenarios whose schedules are tried one after the other, up to a number of preemptions. */
export const EXPLORED: Readonly<Record<string, Scenario>> = {
  ...STARTS,
  ...CANCELS,
  ...ENDS,
  ...CHANGES,
  ...BATCHES,
  ...READS,
  ...ARCHIVES,
};

export { DRAWN };
