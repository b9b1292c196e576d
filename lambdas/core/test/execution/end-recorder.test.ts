import { expect } from 'chai';
import { createEndRecorder } from '../../src/execution/end-recorder.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import type { ExecutionRow, OutcomeRow } from '../../src/types.ts';
import { noteEnds } from '../support/ends.ts';
import { executionRow } from '../support/rows.ts';

const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
const record = executionRow({
  executionArn,
  status: 'SUCCEEDED',
  stoppedAt: '2026-11-24T00:00:10.000Z',
  currentState: 'Ended',
  totalActions: 1,
  processedActions: 1,
  savedActions: 1,
  failedActions: 0,
  taskCount: 3,
  version: 9,
});
const saved: OutcomeRow = { executionArn, actionId: 'a', position: 0, title: 'Run', outcome: 'SAVED', taskCount: 3 };

async function linesOf(changes: Partial<ExecutionRow>, outcomes: OutcomeRow[] = [saved]) {
  const { log, lines } = createMemoryLog();
  const { onEnded, ends } = noteEnds();
  await createEndRecorder(log, onEnded)({ ...record, ...changes }, outcomes);
  expect(ends).to.deep.equal([{ record: { ...record, ...changes }, outcomes }]);
  return lines;
}

describe('createEndRecorder', () => {
  it('logs the end with status, counts and duration (requirement 7), and writes the metrics', async () => {
    const lines = await linesOf({});
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({
      level: 'info',
      message: 'execution ended',
      executionArn,
      goalId: 'g',
      status: 'SUCCEEDED',
      durationMs: 10_000,
      totalActions: 1,
      savedActions: 1,
      failedActions: 0,
      taskCount: 3,
    });
  });

  for (const status of ['FAILED', 'TIMED_OUT'] as const) {
    it(`logs ${status} as an error, with what is known of the cause (requirement 4)`, async () => {
      const lines = await linesOf({ status, error: 'States.Timeout', cause: 'too long' });
      expect(lines[0]).to.include({ level: 'error', status, errorName: 'States.Timeout', errorMessage: 'too long' });
    });
  }

  it('warns with advice when a run was degraded (requirement 12)', async () => {
    const lines = await linesOf({ stoppedAt: '2026-11-24T00:01:00.000Z' });
    expect(lines[1]).to.include({ level: 'warn', executionArn, durationMs: 60_000 });
    expect(lines[1]?.advice).to.contain('slow');
  });

  it('gives no advice about an execution that its user cancelled', async () => {
    const cancel = { cancelRequestedAt: record.startedAt, cancelRequestedBy: 'u' };
    const lines = await linesOf({ status: 'ABORTED', stoppedAt: '2026-11-24T00:01:00.000Z', ...cancel });
    expect(lines.map(({ level, status }) => [level, status])).to.deep.equal([['info', 'ABORTED']]);
  });

  it('counts nothing where the record has no counts', async () => {
    const { savedActions: _saved, failedActions: _failed, taskCount: _tasks, ...uncounted } = record;
    const { log, lines } = createMemoryLog();
    await createEndRecorder(log)(uncounted, [saved]);
    expect(lines[0]).to.include({ savedActions: 0, failedActions: 0, taskCount: 0 });
  });

  it('logs of an end without a fault neither error nor cause, and of a long cause its begin', async () => {
    const [line] = await linesOf({});
    expect(line).not.to.have.any.keys('errorName', 'errorMessage');
    const [long] = await linesOf({ status: 'FAILED', error: 'E', cause: 'x'.repeat(301) });
    expect(long).to.include({ errorMessage: 'x'.repeat(300) });
  });
});
