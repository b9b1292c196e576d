import type { OnEnded } from '../src/settle.ts';
import type { ExecutionRow, OutcomeRow } from '../src/types.ts';

/** For tests that settle as a preparation. */
export const unnoticed: OnEnded = async () => undefined;

/** Notes every end that a settlement reports. */
export function noteEnds(): {
  onEnded: OnEnded;
  ends: { record: ExecutionRow; outcomes: readonly OutcomeRow[] }[];
} {
  const ends: { record: ExecutionRow; outcomes: readonly OutcomeRow[] }[] = [];
  return { ends, onEnded: async (record, outcomes) => void ends.push({ record, outcomes }) };
}
