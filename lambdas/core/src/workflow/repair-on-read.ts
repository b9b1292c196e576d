import { setTimeout as delay } from 'node:timers/promises';
import { errorFields } from '../log/logger.ts';
import type { ExecutionRow } from '../types.ts';
import { type RepairTools, repair, staleness } from './repair.ts';

/**
 * A reader's answer waits so long for a repair; milliseconds. Lambda freezes what goes on after an answer until the next
 * call: every step of a repair may come late, or twice, since conditions and names decide what it may do.
 */
const WAIT_MS = 1_000;

/**
 * Takes the turn to repair an execution, for all processes and readers.
 * @returns false when somebody had it less than `startGraceMs` ago: a repair is given as long as a start
 */
async function takeTurn({ executions, startGraceMs }: RepairTools, record: ExecutionRow): Promise<boolean> {
  const { executionArn, repairTriedAt } = record;
  const now = executions.now();
  const before = new Date(now.getTime() - startGraceMs).toISOString();
  if (repairTriedAt !== undefined && repairTriedAt > before) return false;
  return executions.change(executionArn, {
    set: { repairTriedAt: now.toISOString() },
    condition: 'attribute_exists(executionArn) AND (attribute_not_exists(repairTriedAt) OR repairTriedAt <= :before)',
    values: { before },
  });
}

/**
 * Repairs a running execution that is stale for somebody who only wants to read it (rule 9): tried once in
 * `startGraceMs`, however often it is read. The answer neither fails with the repair nor waits long for it, and nobody is
 * told of an end here: the sweep finds what is left.
 * @returns the record as it is then; the very record that was given when nothing was to be done, or nothing came of it
 */
export async function repairOnRead(tools: RepairTools, record: ExecutionRow): Promise<ExecutionRow> {
  const { executionArn, goalId } = record;
  if (record.status !== 'RUNNING' || staleness(record, tools.executions.now(), tools) === 'fresh') return record;
  const tried = async () => {
    try {
      return (await takeTurn(tools, record)) ? await repair(tools, record) : record;
    } catch (thrown) {
      tools.log.error('repair failed', { executionArn, goalId, ...errorFields(thrown) });
      return record;
    }
  };
  const waiting = new AbortController();
  const late = delay(WAIT_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
  const first = await Promise.race([tried(), late]);
  waiting.abort();
  if (first !== undefined) return first;
  tools.log.warn('the repair takes long, the answer does not wait', { executionArn, goalId });
  return record;
}
