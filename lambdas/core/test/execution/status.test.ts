import { expect } from 'chai';
import { pollAfterSeconds, statusAnswer } from '../../src/execution/status.ts';
import { pick } from '../../src/pick.ts';
import type { OutcomeRow } from '../../src/types.ts';
import { executionRow, outcomeRow } from '../support/rows.ts';

const startedAt = '2026-11-24T00:00:00.000Z';
const at = (seconds: number) => new Date(Date.parse(startedAt) + seconds * 1000);

describe('pollAfterSeconds', () => {
  /** Outcomes of which the first so many have ended, the last of them at this second. */
  const outcomes = (total: number, processed: number, last: number) =>
    Array.from({ length: total }, (_, index) =>
      index < processed
        ? { outcome: 'SAVED' as const, updatedAt: at(last).toISOString() }
        : { outcome: 'PENDING' as const },
    );
  const running = { status: 'RUNNING' as const, startedAt };
  const cancelled = { ...running, cancelRequestedAt: at(600).toISOString() };

  for (const [what, record, [total, ended, last], ...waits] of [
    ['is a second at the beginning', running, [64, 0, 0], [0, 1]],
    ['is a second while results come in quickly', running, [64, 40, 20], [20, 1]],
    ['is half the time between two results', running, [64, 6, 60], [60, 5]],
    ['is so also when the last one came just now', running, [8, 5, 100], [100, 10]],
    ['grows with the time in which nothing changes', running, [8, 0, 0], [12, 3], [40, 10], [119, 30], [600, 30]],
    ['grows with the time since the last result', running, [8, 7, 100], [140, 10]],
    [
      'is a second once all are processed, and grows until the end',
      running,
      [8, 8, 900],
      [904, 1],
      [908, 2],
      [1_200, 30],
    ],
    ['is a second when a cancel is under way', cancelled, [8, 4, 500], [601, 1]],
    ['grows while the cancel does not end', cancelled, [8, 0, 0], [608, 2], [640, 10], [720, 30]],
    ['is 30 once it has ended', { status: 'FAILED', startedAt }, [8, 8, 1], [2, 30]],
  ] as const) {
    it(what, () => {
      for (const [second, wait] of waits)
        expect(pollAfterSeconds(record, outcomes(total, ended, last), at(second)), `at ${second} s`).to.equal(wait);
    });
  }
});

describe('statusAnswer', () => {
  const record = executionRow({ startedAt, confirmedAt: startedAt });
  const row = (position: number, changes: Partial<OutcomeRow> = {}) =>
    outcomeRow(position, { outcome: 'PENDING', taskCount: 0, title: `Action ${position}`, ...changes });
  const saved = row(0, { outcome: 'SAVED', taskCount: 3 });
  const answer = (outcomes: OutcomeRow[], second: number, of = record) =>
    statusAnswer(of, outcomes, { input: 1, output: 1 }, at(second));

  it('names the error that ended it', () => {
    expect(answer([saved], 30, { ...record, status: 'ABORTED', error: 'ABORT' })).to.include({ error: 'ABORT' });
  });

  it('is 0 % of no actions', () => {
    const none = { progressPercentage: 0, totalBatches: 0, currentBatch: 0, failedActions: [], outcomes: [] };
    expect(answer([], 1)).to.deep.include(none);
  });

  it('never rounds up to 100 %, and names a failure that was recorded without a name', () => {
    const failed = { outcome: 'FAILED' as const };
    const outcomes = [saved, row(1, failed), row(2), row(3, { ...failed, error: 'E', reason: 'r' })];
    expect(answer(outcomes, 30)).to.deep.include({
      startDate: startedAt,
      stopDate: null,
      error: null,
      summary: null,
      currentState: 'ProcessBatches',
      progressPercentage: 75,
      estimatedSecondsRemaining: 1,
      slowActions: [],
      failedActions: [
        { actionId: 'a1', title: 'Action 1', error: 'Error', reason: '' },
        { actionId: 'a3', title: 'Action 3', error: 'E', reason: 'r' },
      ],
      outcomes: outcomes.map((each) => ({
        ...pick(each, 'actionId', 'position', 'outcome', 'taskCount'),
        attempt: undefined,
      })),
    });
    const nine = (ended: number) =>
      Array.from({ length: 9 }, (_, position) => row(position, position < ended ? { outcome: 'SAVED' } : {}));
    expect(answer(nine(0), 30).totalBatches).to.equal(2);
    const batches = [0, 7, 8, 9].map((ended) => answer(nine(ended), 30).currentBatch);
    expect(batches).to.deep.equal([1, 1, 2, 2]);
    expect(answer(outcomes.slice(0, 3), 30).progressPercentage).to.equal(66);
  });

  it('says how long the rest may take, which actions are slow, and which are being tried again', () => {
    const failed = { at: at(2).toISOString(), usage: { inputTokens: 1, outputTokens: 1 } };
    const outcomes = [saved, row(1), row(2, { failedAttempts: { one: failed } })];
    const early = answer(outcomes, 1);
    expect(early).to.deep.include({ estimatedSecondsRemaining: 16, slowActions: [] });
    expect(early.outcomes.map(({ attempt }) => attempt)).to.deep.equal([undefined, undefined, 2]);
    expect(early.cost.aiCalls).to.equal(1);
    const late = { estimatedSecondsRemaining: 1, slowActions: ['a1', 'a2'] };
    expect(answer(outcomes, 31)).to.deep.include(late);
  });

  it('advises of a pace that is slower than usual: as it is while it runs, as it was once it has ended, never of a cancel', () => {
    const outcomes = [row(0), row(1)];
    const adviceAt = (second: number, usualMs?: number, of = record) =>
      statusAnswer(of, outcomes, { input: 1, output: 1 }, at(second), usualMs).advice;
    expect([adviceAt(8, 3_000), adviceAt(9, 3_000), adviceAt(900)]).to.deep.equal([null, 'slower_than_usual', null]);
    expect(adviceAt(9, 3_000, { ...record, cancelRequestedAt: startedAt })).to.equal(null);
    const ended = { ...record, status: 'SUCCEEDED' as const, actionMs: 9_000 };
    expect(adviceAt(900, 1, ended), 'compared when it ended').to.equal(null);
    expect(adviceAt(900, undefined, { ...ended, usualActionMs: 3_000 })).to.equal('slower_than_usual');
    expect(adviceAt(900, undefined, { ...ended, usualActionMs: 8_000 })).to.equal(null);
  });

  it('has no time remaining, but a stop date and a summary, once it has ended', () => {
    const end = { status: 'ABORTED', stoppedAt: at(9).toISOString(), summary: 'Cancelled.' } as const;
    expect(answer([row(0)], 100, { ...record, ...end })).to.deep.include({
      stopDate: at(9).toISOString(),
      summary: 'Cancelled.',
      estimatedSecondsRemaining: 0,
      slowActions: [],
    });
  });
});
