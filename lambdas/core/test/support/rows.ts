import type { ExecutionRow, OutcomeRow } from '../../src/types.ts';

/** The record of an execution as rows of the database have it, for tests that need no database. */
export const executionRow = (changes: Partial<ExecutionRow> = {}): ExecutionRow => ({
  executionArn: 'arn',
  goalId: 'g',
  userId: 'u',
  name: 'g-1',
  status: 'RUNNING',
  startedAt: '2026-11-24T00:00:00.000Z',
  actionIds: [],
  goalStatusBefore: 'draft',
  currentState: 'ProcessBatches',
  totalActions: 0,
  processedActions: 0,
  version: 1,
  ...changes,
});

/** What became of the action at a position, saved unless said otherwise. */
export const outcomeRow = (position: number, changes: Partial<OutcomeRow> = {}): OutcomeRow => ({
  executionArn: 'arn',
  actionId: `a${position}`,
  position,
  title: 'Run',
  outcome: 'SAVED',
  taskCount: 3,
  ...changes,
});
