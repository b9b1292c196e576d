import { expect } from 'chai';
import { composeNotification } from '../src/notification.ts';
import type { ExecutionRow, OutcomeRow } from '../src/types.ts';

const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
const record = (status: ExecutionRow['status']): ExecutionRow => ({
  executionArn,
  goalId: 'g',
  userId: 'u',
  name: 'g-1',
  status,
  startedAt: '2026-11-24T00:00:00.000Z',
  stoppedAt: '2026-11-24T00:15:00.000Z',
  actionIds: [],
  goalStatusBefore: 'draft',
  currentState: 'Ended',
  totalActions: 3,
  processedActions: 3,
  summary: '0 of 3 actions saved with 0 tasks, 3 failed.',
  version: 9,
});
const failed = (position: number, error: string): OutcomeRow => ({
  executionArn,
  actionId: `a${position}`,
  position,
  title: 'private title',
  outcome: 'FAILED',
  taskCount: 0,
  error,
  reason: 'r',
});
const runbookUrl = 'https://example.com/docs/operations.md';
const lastLine = ({ message }: { message: string }) => message.split('\n').at(-1);

describe('composeNotification', () => {
  for (const [status, anchor] of [
    ['FAILED', 'execution-failed'],
    ['TIMED_OUT', 'execution-timed-out'],
    ['ABORTED', 'execution-aborted'],
    ['PARTIALLY_SUCCEEDED', 'some-actions-failed'],
  ] as const) {
    it(`ends a message about ${status} with the link to #${anchor} of the runbook`, () => {
      const message = composeNotification(record(status), [failed(0, 'PermanentError')], runbookUrl);
      expect(lastLine(message)).to.equal(`Runbook: ${runbookUrl}#${anchor}`);
    });
  }

  it('links an escalation to a chapter of its own', () => {
    const outcomes = [0, 1, 2].map((position) => failed(position, 'TransientError'));
    const message = composeNotification(record('PARTIALLY_SUCCEEDED'), outcomes, runbookUrl);
    expect(message.subject).to.contain('ESCALATED');
    expect(lastLine(message)).to.equal(`Runbook: ${runbookUrl}#several-actions-out-of-retries`);
  });

  it('lists at most ten failures, and never what the user wrote', () => {
    const outcomes = Array.from({ length: 12 }, (_, position) => failed(position, 'PermanentError'));
    const { message } = composeNotification(record('FAILED'), outcomes, runbookUrl);
    expect(message).to.contain('Failed actions (12):').and.contain('and 2 more').and.not.contain('private title');
  });
});
