import { expect } from 'chai';
import { PermanentError } from '../../src/errors.ts';
import { composeNotification, consoleLink, outOfRetries, settlementOf } from '../../src/report/notification.ts';
import type { ExecutionRow, OutcomeRow } from '../../src/types.ts';
import { executionRow } from '../support/rows.ts';

const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
const record = (status: ExecutionRow['status']) =>
  executionRow({
    executionArn,
    status,
    stoppedAt: '2026-11-24T00:15:00.000Z',
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

  it('says what happened, to whom, when and why, a fact a line', () => {
    const ended: ExecutionRow = { ...record('FAILED'), error: 'States.Runtime', cause: 'no input' };
    const { message } = composeNotification(ended, [failed(1, 'PermanentError')], runbookUrl);
    const lines = message.split('\n');
    expect(lines).to.include.members([
      'Summary: 0 of 3 actions saved with 0 tasks, 3 failed.',
      'Goal: g',
      `Execution: ${executionArn}`,
      'Started 2026-11-24T00:00:00.000Z, ended 2026-11-24T00:15:00.000Z.',
      'Error: States.Runtime: no input',
      'Failed actions (1):',
      '  #2 a1: PermanentError: r',
      `Console: https://ap-northeast-1.console.aws.amazon.com/states/home?region=ap-northeast-1#/v2/executions/details/${executionArn}`,
    ]);
    expect(message).not.to.contain(' more');
  });

  it('says what is not known in words, and leaves out what there is nothing to say of', () => {
    const { summary: _summary, stoppedAt: _stoppedAt, ...rest } = record('ABORTED');
    const { message } = composeNotification({ ...rest, error: 'E' }, [], runbookUrl);
    expect(message.split('\n')).to.include.members(['Summary: none', 'Error: E: no cause given']);
    expect(message).to.contain('ended not yet').and.not.contain('Failed actions');
    const unnamed: OutcomeRow = {
      executionArn,
      actionId: 'a',
      position: 0,
      title: 't',
      outcome: 'FAILED',
      taskCount: 0,
    };
    const plain = composeNotification(rest, [unnamed], runbookUrl).message.split('\n');
    expect(plain).to.include('  #1 a: Error: ');
    expect(plain.some((line) => line.startsWith('Error:'))).to.equal(false);
  });

  for (const status of ['SUCCEEDED', 'RUNNING'] as const) {
    it(`refuses to tell anybody of ${status}`, () => {
      expect(() => composeNotification(record(status), [], runbookUrl)).to.throw(PermanentError, status);
    });
  }

  for (const [status, kind] of [
    ['FAILED', 'failure'],
    ['TIMED_OUT', 'timeout'],
    ['ABORTED', 'aborted'],
    ['PARTIALLY_SUCCEEDED', 'escalation'],
  ] as const) {
    it(`is of the kind ${kind} for ${status} when three actions are out of retries`, () => {
      const outcomes = [0, 1, 2].map((position) => failed(position, 'TransientError'));
      expect(composeNotification(record(status), outcomes, runbookUrl).kind).to.equal(kind);
      const fewer = composeNotification(record(status), outcomes.slice(1), runbookUrl).kind;
      expect(fewer).to.equal(kind === 'escalation' ? 'partial' : kind);
    });
  }

  it('begins with how many failed and of what most of them', () => {
    const saved: OutcomeRow = { executionArn, actionId: 's', position: 9, title: 't', outcome: 'SAVED', taskCount: 3 };
    const first = (outcomes: OutcomeRow[], status: ExecutionRow['status'] = 'FAILED') =>
      composeNotification(record(status), outcomes, runbookUrl).message.split('\n')[0];
    const many = Array.from({ length: 24 }, (_, position) => ({
      ...failed(position, position % 6 === 0 ? 'PermanentError' : 'TransientError'),
      reason: position % 6 === 0 ? 'denied' : 'throttled',
    }));
    expect(first(many)).to.equal('24 of 24 actions failed; commonest: TransientError (20): throttled');
    const partly = [saved, ...many.slice(0, 1)];
    expect(first(partly, 'PARTIALLY_SUCCEEDED')).to.equal(
      '1 of 2 actions failed; commonest: PermanentError (1): denied',
    );
    // Of two that are equally common, the one that comes first.
    expect(first(many.slice(0, 2))).to.contain('PermanentError (1): denied');
    expect(first([saved], 'ABORTED')).to.equal('What happened: an execution was aborted (ABORTED).');
  });

  it('lists ten failures without a remainder', () => {
    const outcomes = Array.from({ length: 10 }, (_, position) => failed(position, 'PermanentError'));
    const { message } = composeNotification(record('FAILED'), outcomes, runbookUrl);
    expect(message).to.contain('#10 a9').and.not.contain(' more');
  });

  it('escalates from three actions that were retried in vain, of a partial success alone', () => {
    const retried = [0, 1, 2].map((position) => failed(position, 'TransientError'));
    const subject = (status: ExecutionRow['status'], outcomes: OutcomeRow[]) =>
      composeNotification(record(status), outcomes, runbookUrl).subject;
    expect(subject('PARTIALLY_SUCCEEDED', retried)).to.equal('[goal-activity] ESCALATED: some actions failed');
    expect(subject('PARTIALLY_SUCCEEDED', retried.slice(1))).to.equal('[goal-activity] some actions failed');
    expect(subject('FAILED', retried)).to.equal('[goal-activity] an execution failed');
    const failure = composeNotification(record('FAILED'), retried, runbookUrl);
    expect(lastLine(failure)).to.equal(`Runbook: ${runbookUrl}#execution-failed`);
    expect(subject('TIMED_OUT', [])).to.equal('[goal-activity] HIGH PRIORITY: an execution timed out');
  });

  it('speaks of failures alone, and escalates those alone that were retried in vain', () => {
    const saved: OutcomeRow = { executionArn, actionId: 's', position: 9, title: 't', outcome: 'SAVED', taskCount: 3 };
    const refused = [0, 1, 2].map((position) => failed(position, 'PermanentError'));
    const { subject, message } = composeNotification(record('PARTIALLY_SUCCEEDED'), [saved, ...refused], runbookUrl);
    expect(subject).not.to.contain('ESCALATED');
    expect(lastLine({ message })).to.contain('#some-actions-failed');
    expect(message).to.contain('Failed actions (3):').and.not.contain(' s: ');
  });

  it('has no line without a fact', () => {
    const labels = (outcomes: OutcomeRow[]) =>
      composeNotification(record('FAILED'), outcomes, runbookUrl)
        .message.split('\n')
        .map((line) => line.split(/[:, ]/)[0]);
    const facts = ['What', 'Summary', 'Goal', 'Execution', 'Started'];
    expect(labels([])).to.deep.equal([...facts, 'What', 'Console', 'Runbook']);
    expect(labels([failed(0, 'E')])).to.deep.equal(['1', ...facts, 'Failed', '', 'What', 'Console', 'Runbook']);
    const many = Array.from({ length: 12 }, (_, position) => failed(position, 'PermanentError'));
    expect(labels(many)).to.have.length(1 + facts.length + 1 + 10 + 1 + 3);
  });

  it('names the status, so that a filter of e-mails can go by it', () => {
    for (const status of ['FAILED', 'TIMED_OUT', 'PARTIALLY_SUCCEEDED'] as const) {
      const [first] = composeNotification(record(status), [], runbookUrl).message.split('\n');
      expect(first).to.contain(`(${status})`);
    }
  });
});

describe('outOfRetries', () => {
  it('is a failure that retrying was allowed for, and nothing else', () => {
    expect(outOfRetries(failed(0, 'TransientError'))).to.equal(true);
    expect(outOfRetries(failed(0, 'States.Timeout'))).to.equal(true);
    for (const error of ['PermanentError', 'ValidationError']) expect(outOfRetries(failed(0, error))).to.equal(false);
    expect(outOfRetries({ ...failed(0, 'TransientError'), outcome: 'CANCELLED' })).to.equal(false);
    const { error: _error, ...unnamed } = failed(0, '');
    expect(outOfRetries(unnamed)).to.equal(false);
  });
});

describe('consoleLink', () => {
  it('is a link also for what is no ARN', () => {
    expect(consoleLink('x')).to.match(/^https:.*\/x$/);
  });
});

describe('settlementOf', () => {
  const retried = [0, 1, 2].map((position) => failed(position, 'TransientError'));
  const next = (status: ExecutionRow['status'], notify: ExecutionRow['notify'], outcomes: OutcomeRow[] = []) =>
    settlementOf({ ...record(status), ...(notify === undefined ? {} : { notify }) }, async () => outcomes, runbookUrl);

  it('has the machine tell people of what it is to tell, and of nothing else', async () => {
    expect(await next('SUCCEEDED', 'machine')).to.deep.equal({ executionArn, status: 'SUCCEEDED', next: 'SUCCEED' });
    for (const notify of ['pending', 'sent', 'none', undefined] as const) {
      expect(await next('FAILED', notify)).to.deep.equal({ executionArn, status: 'FAILED', next: 'NONE' });
    }
    expect(await next('FAILED', 'machine', retried)).to.include({ next: 'NOTIFY_FAILURE' });
    expect(await next('PARTIALLY_SUCCEEDED', 'machine', retried)).to.include({ next: 'ESCALATE_PARTIAL' });
    expect(await next('PARTIALLY_SUCCEEDED', 'machine', retried.slice(1))).to.include({ next: 'NOTIFY_PARTIAL' });
    const refused = [0, 1, 2].map((position) => failed(position, 'PermanentError'));
    expect(await next('PARTIALLY_SUCCEEDED', 'machine', refused)).to.include({ next: 'NOTIFY_PARTIAL' });
    expect((await next('PARTIALLY_SUCCEEDED', 'machine', retried)).notification?.subject).to.contain('ESCALATED');
  });
});
