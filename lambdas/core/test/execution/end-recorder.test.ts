import { expect } from 'chai';
import { createEndRecorder } from '../../src/execution/end-recorder.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import type { ExecutionRow, GoalStatus } from '../../src/types.ts';
import { noteEnds } from '../support/ends.ts';
import { executionRow, outcomeRow } from '../support/rows.ts';

const record = executionRow({
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
const saved = outcomeRow(0);

async function linesOf(changes: Partial<ExecutionRow>, goalStatus?: GoalStatus) {
  const { log, lines } = createMemoryLog();
  const { onEnded, ends } = noteEnds();
  await createEndRecorder(log, onEnded)({ ...record, ...changes }, [saved], goalStatus);
  expect(ends).to.deep.equal([{ record: { ...record, ...changes }, outcomes: [saved] }]);
  return lines;
}

describe('createEndRecorder', () => {
  it('logs the end with status, counts and duration (requirement 7), and writes the metrics', async () => {
    const lines = await linesOf({}, 'active');
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({
      level: 'info',
      message: 'execution ended',
      executionArn: 'arn',
      goalId: 'g',
      status: 'SUCCEEDED',
      goalStatus: 'active',
      durationMs: 10_000,
      totalActions: 1,
      savedActions: 1,
      failedActions: 0,
      taskCount: 3,
    });
    expect(lines[0]).not.to.have.any.keys('errorName', 'errorMessage');
  });

  for (const status of ['FAILED', 'TIMED_OUT'] as const) {
    it(`logs ${status} as an error, with what is known of the cause, or its begin (requirement 4)`, async () => {
      const lines = await linesOf({ status, error: 'States.Timeout', cause: 'x'.repeat(301) });
      const why = { errorName: 'States.Timeout', errorMessage: 'x'.repeat(300) };
      expect(lines[0]).to.include({ level: 'error', status, ...why });
    });
  }

  it('warns with advice when a run was degraded (requirement 12)', async () => {
    const times = { actionMs: 9_000, usualActionMs: 3_000 };
    const [ended, warning] = await linesOf(times);
    expect(ended).to.include({ level: 'info', ...times });
    expect(warning).to.include({ level: 'warn', executionArn: 'arn', ...times, code: 'slower_than_usual' });
    expect(warning?.advice).to.contain('slower');
  });

  it('gives no advice about an execution that its user cancelled', async () => {
    const cancel = { cancelRequestedAt: record.startedAt, cancelRequestedBy: 'u' };
    const lines = await linesOf({ status: 'ABORTED', actionMs: 9_000, usualActionMs: 1, ...cancel });
    expect(lines.map(({ level, status }) => [level, status])).to.deep.equal([['info', 'ABORTED']]);
  });

  it('counts nothing where the record has no counts', async () => {
    const { savedActions: _saved, failedActions: _failed, taskCount: _tasks, ...uncounted } = record;
    const { log, lines } = createMemoryLog();
    await createEndRecorder(log)(uncounted, [saved]);
    expect(lines[0]).to.include({ savedActions: 0, failedActions: 0, taskCount: 0 });
  });
});
