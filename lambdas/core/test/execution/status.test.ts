import { expect } from 'chai';
import fc from 'fast-check';
import { currentBatch, pollAfterSeconds, statusAnswer } from '../../src/execution/status.ts';
import type { ExecutionRow, OutcomeRow } from '../../src/types.ts';
import { executionRow, outcomeRow } from '../support/rows.ts';

describe('currentBatch', () => {
  const outcomes = (...ended: boolean[]) =>
    ended.map((done) => ({ outcome: done ? ('SAVED' as const) : ('PENDING' as const) }));

  it('is the first batch with a pending action, and the last one at the end', () => {
    expect(currentBatch(outcomes(...Array(20).fill(false)))).to.equal(1);
    expect(currentBatch(outcomes(...Array(8).fill(true), ...Array(12).fill(false)))).to.equal(2);
    expect(currentBatch(outcomes(false, ...Array(19).fill(true)))).to.equal(1);
    expect(currentBatch(outcomes(...Array(20).fill(true)))).to.equal(3);
  });
});

describe('pollAfterSeconds', () => {
  const begin = Date.UTC(2026, 0, 31);
  const startedAt = new Date(begin).toISOString();
  const at = (seconds: number) => new Date(begin + seconds * 1000);
  /** Outcomes of which the first so many have ended, the last of them at this second. */
  const outcomes = (total: number, processed: number, last: number) =>
    Array.from({ length: total }, (_, index) =>
      index < processed
        ? { outcome: 'SAVED' as const, updatedAt: at(last).toISOString() }
        : { outcome: 'PENDING' as const },
    );
  const after = (seconds: number, ...of: Parameters<typeof outcomes>) =>
    pollAfterSeconds({ status: 'RUNNING', startedAt }, outcomes(...of), at(seconds));

  it('is a second at the beginning, and while results come in quickly', () => {
    expect(after(0, 64, 0, 0)).to.equal(1);
    expect(after(20, 64, 40, 20)).to.equal(1);
  });

  it('is half the time between two results', () => {
    expect(after(60, 64, 6, 60)).to.equal(5);
  });

  it('grows with the time in which nothing changes, up to 30', () => {
    expect([12, 40, 119, 600].map((seconds) => after(seconds, 8, 0, 0))).to.deep.equal([3, 10, 30, 30]);
    expect(after(140, 8, 7, 100)).to.equal(10);
  });

  it('is a second when only the end is left to come: all processed, or a cancel under way', () => {
    expect(after(901, 8, 8, 900)).to.equal(1);
    expect(after(904, 8, 8, 900)).to.equal(1);
    const cancelled = { status: 'RUNNING' as const, startedAt, cancelRequestedAt: at(600).toISOString() };
    expect(pollAfterSeconds(cancelled, outcomes(8, 4, 500), at(601))).to.equal(1);
  });

  it('grows as well while that end does not come', () => {
    expect([908, 940, 1_200].map((seconds) => after(seconds, 8, 8, 900))).to.deep.equal([2, 10, 30]);
    const cancelled = { status: 'RUNNING' as const, startedAt, cancelRequestedAt: at(600).toISOString() };
    const waits = [608, 640, 720].map((seconds) => pollAfterSeconds(cancelled, outcomes(8, 0, 0), at(seconds)));
    expect(waits).to.deep.equal([2, 10, 30]);
  });

  it('is 30 once it has ended, and always a whole number from 1 to 30', () => {
    expect(pollAfterSeconds({ status: 'FAILED', startedAt }, outcomes(8, 8, 1), at(2))).to.equal(30);
    const seconds = fc.integer({ min: -1000, max: 100_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 64 }),
        fc.integer({ min: 0, max: 64 }),
        seconds,
        seconds,
        (n, done, last, now) => {
          const wait = after(now, n, Math.min(n, done), last);
          expect(Number.isInteger(wait) && wait >= 1 && wait <= 30).to.equal(true);
        },
      ),
    );
  });

  it('is half the time between two results also when the last one came just now', () => {
    expect(after(100, 8, 5, 100)).to.equal(10);
  });
});

describe('statusAnswer', () => {
  const startedAt = '2026-11-24T00:00:00.000Z';
  const record = executionRow({ startedAt, confirmedAt: startedAt });
  const row = (position: number, changes: Partial<OutcomeRow> = {}) =>
    outcomeRow(position, { outcome: 'PENDING', taskCount: 0, title: `Action ${position}`, ...changes });
  const at = (seconds: number) => new Date(Date.parse(startedAt) + seconds * 1000);
  const prices = { input: 1, output: 1 };

  it('is 0 % of no actions', () => {
    expect(statusAnswer(record, [], prices, at(1))).to.deep.include({
      progressPercentage: 0,
      totalBatches: 0,
      currentBatch: 0,
      failedActions: [],
      outcomes: [],
    });
  });

  it('never rounds up to 100 %, and names a failure that was recorded without a name', () => {
    const outcomes = [
      row(0, { outcome: 'SAVED', taskCount: 3 }),
      row(1, { outcome: 'FAILED' }),
      row(2),
      row(3, { outcome: 'FAILED', error: 'E', reason: 'r' }),
    ];
    expect(statusAnswer(record, outcomes, prices, at(30))).to.deep.include({
      startDate: startedAt,
      stopDate: null,
      summary: null,
      currentState: 'ProcessBatches',
      progressPercentage: 75,
      estimatedSecondsRemaining: 1,
      slowActions: [],
      failedActions: [
        { actionId: 'a1', title: 'Action 1', error: 'Error', reason: '' },
        { actionId: 'a3', title: 'Action 3', error: 'E', reason: 'r' },
      ],
      outcomes: outcomes.map(({ actionId, position, outcome, taskCount }) => ({
        actionId,
        position,
        outcome,
        taskCount,
        attempt: undefined,
      })),
    });
    const nine = Array.from({ length: 9 }, (_, position) => row(position));
    expect(statusAnswer(record, nine, prices, at(30))).to.include({ totalBatches: 2, currentBatch: 1 });
    const almost = [...outcomes.slice(0, 2), row(2)];
    expect(statusAnswer(record, almost, prices, at(30)).progressPercentage).to.equal(66);
  });

  it('says how long the rest may take, which actions are slow, and which are being tried again', () => {
    const failed = { at: at(2).toISOString(), usage: { inputTokens: 1, outputTokens: 1 } };
    const outcomes = [row(0, { outcome: 'SAVED', taskCount: 3 }), row(1), row(2, { failedAttempts: { one: failed } })];
    const early = statusAnswer(record, outcomes, prices, at(1));
    expect(early).to.deep.include({ estimatedSecondsRemaining: 16, slowActions: [] });
    expect(early.outcomes.map(({ attempt }) => attempt)).to.deep.equal([undefined, undefined, 2]);
    expect(early.cost.aiCalls).to.equal(1);
    expect(statusAnswer(record, outcomes, prices, at(31))).to.deep.include({
      estimatedSecondsRemaining: 1,
      slowActions: ['a1', 'a2'],
    });
  });

  it('has no time remaining, but a stop date and a summary, once it has ended', () => {
    const ended: ExecutionRow = { ...record, status: 'ABORTED', stoppedAt: at(9).toISOString(), summary: 'Cancelled.' };
    expect(statusAnswer(ended, [row(0)], prices, at(100))).to.deep.include({
      stopDate: at(9).toISOString(),
      summary: 'Cancelled.',
      estimatedSecondsRemaining: 0,
      slowActions: [],
    });
  });
});
