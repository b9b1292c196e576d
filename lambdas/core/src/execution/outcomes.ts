import { type Update, updateOf } from '../aws/update.ts';
import { actionKey } from '../goal/rows.ts';
import type { OutcomeRow } from '../types.ts';

export const isPending = ({ outcome }: Pick<OutcomeRow, 'outcome'>) => outcome === 'PENDING';

/** Counts of an execution's outcomes. */
export function countOutcomes(outcomes: readonly Pick<OutcomeRow, 'outcome' | 'taskCount'>[]) {
  const saved = outcomes.filter(({ outcome }) => outcome === 'SAVED');
  return {
    total: outcomes.length,
    /** Ended, in whatever way. */
    processed: outcomes.filter((each) => !isPending(each)).length,
    saved: saved.length,
    failed: outcomes.filter(({ outcome }) => outcome === 'FAILED').length,
    /** Made and not taken back: of a cancelled action, those that people had changed. */
    tasks: outcomes.reduce((sum, { taskCount }) => sum + taskCount, 0),
  };
}
export type OutcomeCounts = ReturnType<typeof countOutcomes>;

/** By how many tasks an execution has more made than it has taken the place of. */
export const addedTasks = (outcomes: readonly Pick<OutcomeRow, 'taskCount' | 'replaced'>[]) =>
  outcomes.reduce((sum, { taskCount, replaced = [] }) => sum + taskCount - replaced.length, 0);

/** How an action ends without tasks. */
export type ActionEnd =
  | { readonly outcome: 'FAILED'; readonly error: string; readonly reason: string }
  | { readonly outcome: 'CANCELLED' };

/** What changes an outcome from one state to the next, and only from that one: the fence of rule 2. */
export const changeOutcome = (
  TableName: string,
  { executionArn, position }: Pick<OutcomeRow, 'executionArn' | 'position'>,
  before: 'PENDING' | 'SAVED',
  set: Readonly<Record<string, unknown>>,
  condition = '#outcome = :before',
): Update =>
  updateOf({ TableName, Key: { executionArn, sk: actionKey(position) }, set, condition, values: { before } });
