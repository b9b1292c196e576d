import { expect } from 'chai';
import { PermanentError } from '../../src/errors.ts';
import { composeNotification, outOfRetries, settlementOf } from '../../src/report/notification.ts';
import type { ExecutionRow, OutcomeRow } from '../../src/types.ts';
import { executionRow, outcomeRow } from '../support/rows.ts';

type Status = ExecutionRow['status'];
const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
const summary = '0 of 3 actions saved with 0 tasks, 3 failed.';
const record = (status: Status, changes: Partial<ExecutionRow> = {}) =>
  executionRow({ executionArn, status, stoppedAt: '2026-11-24T00:15:00.000Z', summary, ...changes });
const failed = (position: number, error: string, reason = 'r') =>
  outcomeRow(position, { executionArn, title: 'private title', outcome: 'FAILED', taskCount: 0, error, reason });
const failures = (count: number, error: string) => Array.from({ length: count }, (_, at) => failed(at, error));
const saved = outcomeRow(99, { executionArn });
const runbookUrl = 'https://example.com/docs/operations.md';
const readers = { language: 'en', runbookUrl } as const;
const compose = (status: Status, outcomes: OutcomeRow[] = [], changes: Partial<ExecutionRow> = {}) =>
  composeNotification(record(status, changes), outcomes, readers);
const linesOf = (...given: Parameters<typeof compose>) => compose(...given).message.split('\n');

describe('composeNotification', () => {
  for (const [status, count, error, kind, anchor, headline] of [
    ['FAILED', 3, 'TransientError', 'failure', 'execution-failed', 'an execution failed'],
    ['TIMED_OUT', 3, 'TransientError', 'timeout', 'execution-timed-out', 'HIGH PRIORITY: an execution timed out'],
    ['ABORTED', 3, 'TransientError', 'aborted', 'execution-aborted', 'an execution was aborted'],
    ['PARTIALLY_SUCCEEDED', 2, 'TransientError', 'partial', 'some-actions-failed', 'some actions failed'],
    ['PARTIALLY_SUCCEEDED', 3, 'PermanentError', 'partial', 'some-actions-failed', 'some actions failed'],
    [
      'PARTIALLY_SUCCEEDED',
      3,
      'TransientError',
      'escalation',
      'several-actions-out-of-retries',
      'ESCALATED: some actions failed',
    ],
  ] as const) {
    it(`tells of ${status} with ${count} of ${error} as ${kind}, with the link to its chapter of the runbook`, () => {
      const notification = compose(status, [saved, ...failures(count, error)]);
      expect(notification).to.include({ kind, subject: `[goal-activity] ${headline}` });
      const lines = notification.message.split('\n');
      // The status is there, so that a filter of e-mails can go by it.
      expect(lines[1]).to.equal(`What happened: ${headline} (${status}).`);
      expect(lines.at(-1)).to.equal(`Runbook: ${runbookUrl}#${anchor}`);
    });
  }

  it('lists ten failures, of these alone, and never what the user wrote', () => {
    for (const [count, more] of [
      [10, undefined],
      [12, '  and 2 more'],
    ] as const) {
      const lines = linesOf('FAILED', [saved, ...failures(count, 'PermanentError')]);
      expect(lines).to.include(`Failed actions (${count}):`);
      expect(lines.filter((line) => line.startsWith('  #'))).to.have.length(10);
      expect(lines.find((line) => line.endsWith(' more'))).to.equal(more);
      expect(lines.join()).to.not.contain('private title').and.not.contain(saved.actionId);
    }
  });

  for (const [reason, isTold] of [
    ["AccessDeniedException: You don't have access to the model with the specified model ID.", true],
    ['AccessDeniedException: x is not authorized to perform: bedrock:InvokeModel on resource: y', true],
    ['AccessDeniedException: Model access is denied: not authorized to perform: aws-marketplace:Subscribe', true],
    ['ResourceNotFoundException: Model use case details have not been submitted for this account.', true],
    ['ResourceNotFoundException: This model version has reached the end of its life.', true],
    ['AccessDeniedException: x is not authorized to perform: dynamodb:PutItem on resource: y', false],
    ['ThrottlingException: slow down', false],
  ] as const) {
    it(`${isTold ? 'links to' : 'leaves out'} what to do about a model that refuses access: ${reason}`, () => {
      const told = linesOf('FAILED', [saved, failed(0, 'PermanentError', reason)]).filter((line) =>
        line.endsWith(`${runbookUrl}#model-access`),
      );
      expect(told).to.deep.equal(
        isTold ? [`The model refuses access; make check-model says what is missing: ${runbookUrl}#model-access`] : [],
      );
    });
  }

  it('says what happened, to whom, when and why, a fact a line and no line without one', () => {
    const changes = { error: 'States.Runtime', cause: 'no input' };
    expect(linesOf('FAILED', [failed(1, 'PermanentError')], changes)).to.deep.equal([
      '1 of 1 actions failed; commonest: PermanentError (1): r',
      'What happened: an execution failed (FAILED).',
      `Summary: ${summary}`,
      'Goal: g',
      `Execution: ${executionArn}`,
      'Started 2026-11-24T00:00:00.000Z, ended 2026-11-24T00:15:00.000Z.',
      'Error: States.Runtime: no input',
      'Failed actions (1):',
      '  #2 a1: PermanentError: r',
      'What was saved is kept; the failed actions can be started again.',
      `Console: https://ap-northeast-1.console.aws.amazon.com/states/home?region=ap-northeast-1#/v2/executions/details/${executionArn}`,
      `Runbook: ${runbookUrl}#execution-failed`,
    ]);
    const labels = linesOf('FAILED').map((line) => line.split(/[:, ]/)[0]);
    expect(labels).to.deep.equal(['What', 'Summary', 'Goal', 'Execution', 'Started', 'What', 'Console', 'Runbook']);
  });

  it('says the same in Japanese, but for the subject, by which mails are filtered in every language', () => {
    const url = 'https://example.com/docs/ja/operations.md';
    const counts = { totalActions: 13, savedActions: 1, taskCount: 3 };
    const changes = { error: 'States.Runtime', cause: 'no input', ...counts };
    const outcomes = [
      saved,
      ...failures(11, 'PermanentError'),
      failed(12, 'TransientError', 'ResourceNotFoundException: use case details'),
    ];
    const { subject, message, kind } = composeNotification(record('TIMED_OUT', changes), outcomes, {
      language: 'ja',
      runbookUrl: url,
    });
    expect({ subject, kind }).to.deep.equal({ subject: compose('TIMED_OUT').subject, kind: 'timeout' });
    const lines = message.split('\n');
    expect(lines.filter((line) => !line.startsWith('  #'))).to.deep.equal([
      '行動13個のうち12個が失敗。最多：PermanentError（11個）：r',
      '優先度HIGH：実行がタイムアウトしました（TIMED_OUT）。',
      '行動13個のうち1個を保存、タスク3個。',
      '目標：g',
      `実行：${executionArn}`,
      '開始：2026-11-24T00:00:00.000Z、終了：2026-11-24T00:15:00.000Z',
      'エラー：States.Runtime：no input',
      '失敗した行動（12個）：',
      '  ほか2個',
      `モデルへのアクセスが拒否されました。make check-modelが足りないものを示します：${url}#model-access`,
      '保存済みのタスクは残ります。失敗した行動は再試行できます。',
      `コンソール：https://ap-northeast-1.console.aws.amazon.com/states/home?region=ap-northeast-1#/v2/executions/details/${executionArn}`,
      `手順書：${url}#execution-timed-out`,
    ]);
    const { error: _error, cause: _cause, stoppedAt: _stoppedAt, ...rest } = record('ABORTED');
    const unknown = composeNotification({ ...rest, error: 'E' }, [], { language: 'ja', runbookUrl: url }).message;
    expect(unknown.split('\n')).to.include.members([
      'エラー：E：原因は不明',
      '実行が中断されました（ABORTED）。',
      '行動0個のうち0個を保存、タスク0個。',
    ]);
    expect(unknown).to.contain('終了：未終了');
  });

  it('says what is not known in words', () => {
    const { summary: _summary, stoppedAt: _stoppedAt, ...rest } = record('ABORTED');
    const unnamed = outcomeRow(0, { outcome: 'FAILED', taskCount: 0 });
    const { message } = composeNotification({ ...rest, error: 'E' }, [unnamed], readers);
    expect(message.split('\n')).to.include.members(['Summary: none', 'Error: E: no cause given', '  #1 a0: Error: ']);
    expect(message).to.contain('ended not yet');
  });

  it('begins with how many failed and of what most of them, of two equally common ones the first', () => {
    const first = (...outcomes: OutcomeRow[]) => linesOf('FAILED', outcomes)[0];
    const [denied, throttled] = [failed(0, 'PermanentError', 'denied'), failed(1, 'TransientError', 'throttled')];
    const most = '3 of 3 actions failed; commonest: TransientError (2): throttled';
    expect(first(denied, throttled, throttled)).to.equal(most);
    expect(first(saved, denied)).to.equal('1 of 2 actions failed; commonest: PermanentError (1): denied');
    expect(first(denied, throttled)).to.contain('PermanentError (1): denied');
    expect(first(saved)).to.equal('What happened: an execution failed (FAILED).');
  });

  it('refuses to tell anybody of a success, or of what still runs', () => {
    for (const status of ['SUCCEEDED', 'RUNNING'] as const)
      expect(() => compose(status)).to.throw(PermanentError, status);
  });
});

describe('outOfRetries', () => {
  it('is a failure that retrying was allowed for, and nothing else', () => {
    for (const error of ['TransientError', 'States.Timeout']) expect(outOfRetries(failed(0, error))).to.equal(true);
    for (const error of ['PermanentError', 'ValidationError']) expect(outOfRetries(failed(0, error))).to.equal(false);
    expect(outOfRetries({ ...failed(0, 'TransientError'), outcome: 'CANCELLED' })).to.equal(false);
    expect(outOfRetries(outcomeRow(0, { outcome: 'FAILED' }))).to.equal(false);
  });
});

describe('settlementOf', () => {
  const next = (status: Status, notify: ExecutionRow['notify'], outcomes?: OutcomeRow[]) =>
    settlementOf(
      record(status, notify === undefined ? {} : { notify }),
      async () => outcomes ?? Promise.reject(new Error('nobody needs the outcomes')),
      readers,
    );

  it('has the machine tell people of what it is to tell, and of nothing else', async () => {
    expect(await next('SUCCEEDED', 'machine')).to.deep.equal({ executionArn, status: 'SUCCEEDED', next: 'SUCCEED' });
    for (const notify of ['pending', 'sent', 'none', undefined] as const)
      expect(await next('FAILED', notify)).to.deep.equal({ executionArn, status: 'FAILED', next: 'NONE' });
    for (const [status, outcomes, state] of [
      ['FAILED', failures(3, 'TransientError'), 'NOTIFY_FAILURE'],
      ['PARTIALLY_SUCCEEDED', failures(3, 'TransientError'), 'ESCALATE_PARTIAL'],
      ['PARTIALLY_SUCCEEDED', failures(2, 'TransientError'), 'NOTIFY_PARTIAL'],
    ] as const) {
      const notification = compose(status, outcomes);
      const told = { executionArn, status, next: state, notification };
      expect(await next(status, 'machine', outcomes)).to.deep.equal(told);
    }
  });
});
