import { expect } from 'chai';
import fc from 'fast-check';
import { RETRIERS } from '../../../../statemachine/retries.ts';
import { actionMsOf, attemptOf, estimateSecondsRemaining, slowActions, takenBy } from '../../src/execution/estimate.ts';
import { pick } from '../../src/pick.ts';
import { LIMITS } from '../../src/schema.ts';
import type { OutcomeRow } from '../../src/types.ts';
import { executionRow, outcomeRow } from '../support/rows.ts';

const begin = Date.parse('2026-11-24T00:00:00.000Z');
const at = (seconds: number) => new Date(begin + seconds * 1000);
const record = { confirmedAt: at(0).toISOString() };

/** Of an action that was saved at a second, by an AI call of so many. */
const saved = (second: number, seconds: number) => ({
  outcome: 'SAVED' as const,
  updatedAt: at(second).toISOString(),
  usage: { inputTokens: 1, outputTokens: 1, latencyMs: seconds * 1000 },
});
const failedAt = (second: number) => ({ outcome: 'FAILED' as const, updatedAt: at(second).toISOString() });
const pending = (...failed: { at: number; seconds?: number }[]) => ({
  outcome: 'PENDING' as const,
  failedAttempts: Object.fromEntries(
    failed.map(({ at: second, seconds }, index) => {
      const usage = seconds === undefined ? {} : pick(saved(second, seconds), 'usage');
      return [`attempt${index}`, { at: at(second).toISOString(), ...usage }];
    }),
  ),
});
const rows = (...groups: [count: number, changes: Partial<OutcomeRow>][]) =>
  groups
    .flatMap(([count, changes]) => Array.from({ length: count }, () => changes))
    .map((changes, position) => outcomeRow(position, { taskCount: 0, ...changes }));

describe('estimateSecondsRemaining', () => {
  const estimate = (second: number, outcomes: readonly OutcomeRow[]) =>
    estimateSecondsRemaining(record, outcomes, at(second));

  it('assumes 15 s a wave of 24 before the first result, less what has passed since the execution is known to run', () => {
    expect(estimate(0, rows([64, pending()]))).to.equal(45);
    expect(estimate(5, rows([64, pending()]))).to.equal(40);
    expect(estimate(5, rows([24, pending()]))).to.equal(10);
    expect(estimate(0, rows([25, pending()]))).to.equal(30);
    expect(estimateSecondsRemaining({}, rows([64, pending()]), at(100))).to.equal(45);
  });

  it('goes by the waves that are left and the latency that is known, not by actions one after the other', () => {
    expect(estimate(4, rows([24, saved(4, 4)], [40, pending()]))).to.equal(8);
    expect(estimate(6, rows([24, saved(4, 4)], [40, pending()]))).to.equal(6);
    expect(estimate(8, rows([48, saved(8, 4)], [16, pending()]))).to.equal(4);
    expect(estimate(90, rows([24, saved(30, 30)], [40, pending()]))).to.equal(30);
  });

  it('lets a batch begin when the one before it in its lane has ended', () => {
    // Lane 1 ends at 10 s, lanes 2 and 3 at 4 s; the fourth batch began at 4 s, the fifth too.
    const five = rows([7, saved(4, 4)], [1, pending()], [16, saved(4, 4)], [16, pending()]);
    expect(estimate(5, five)).to.equal(3);
    // The sixth waits for the first lane, which may end at any moment.
    expect(estimate(5, [...five, ...rows([8, pending()])])).to.equal(4);
    // The seventh waits for the fourth to end at 8 s.
    expect(estimate(5, [...five, ...rows([16, pending()])])).to.equal(7);
  });

  it('takes a batch to be as slow as the slowest of 8 calls is expected to be', () => {
    const even = rows([12, saved(10, 10)], [12, saved(2, 2)], [24, pending()]);
    // All 8 are among the quicker half once in 256 times.
    expect(estimate(10, even)).to.equal(Math.ceil(10 - 8 / 256));
    const rarely = rows([23, saved(2, 2)], [1, saved(10, 10)], [24, pending()]);
    expect(estimate(10, rarely)).to.equal(Math.ceil(10 - 8 * (23 / 24) ** 8));
  });

  it('does not take the first results, which are the quickest, for all: it nears what is known as they come in', () => {
    const estimates = [0, 1, 6, 11, 12].map((known) =>
      estimate(2, rows([known, saved(2, 2)], [24 - known, pending()], [40, pending()])),
    );
    expect(estimates).to.deep.equal([43, 43, 43, 33, 4]);
  });

  it('counts failures among the results: those without a known latency leave what is known as it is', () => {
    expect(estimate(2, rows([12, failedAt(1)], [12, saved(2, 2)], [8, pending()]))).to.equal(1);
    expect(estimate(2, rows([24, failedAt(2)], [24, pending()]))).to.equal(15);
  });

  it('begins an action anew with each attempt that failed, and knows the latency of a refused answer', () => {
    const others = rows([7, saved(4, 4)]);
    expect(estimate(5, [...others, ...rows([1, pending()])])).to.equal(1);
    expect(estimate(5, [...others, ...rows([1, pending({ at: 5 })])])).to.equal(4);
    expect(estimate(9, [...others, ...rows([1, pending({ at: 8 }, { at: 5 })])])).to.equal(3);
    expect(estimate(8, rows([1, pending({ at: 8, seconds: 8 })]))).to.equal(15);
    expect(estimate(8, rows([1, failedAt(8)], [1, pending({ at: 8, seconds: 8 })]))).to.equal(8);
  });

  it('is 1 when everything is processed, and for a batch that takes longer than expected', () => {
    expect(estimate(9, rows([3, saved(4, 4)]))).to.equal(1);
    expect(estimate(9, [])).to.equal(1);
    expect(estimate(100, rows([2, saved(4, 4)], [1, pending()]))).to.equal(1);
  });

  it('stands rows that say neither when nor how long, and a clock that is behind', () => {
    expect(estimate(2, rows([24, { outcome: 'SAVED' }], [24, pending()]))).to.equal(13);
    expect(estimate(-5, rows([1, pending()]))).to.equal(20);
  });

  it('never rises by the clock alone, and is a whole number of at least 1 (all numbers of actions, results and times)', () => {
    const second = fc.integer({ min: 0, max: 400 });
    const result = fc.oneof(
      fc.tuple(second, fc.integer({ min: 0, max: 115 })).map(([when, seconds]) => saved(when, seconds)),
      second.map(failedAt),
      fc.array(fc.record({ at: second }), { maxLength: 3 }).map((failed) => pending(...failed)),
    );
    fc.assert(
      fc.property(
        fc.array(result, { minLength: 1, maxLength: 64, size: 'max' }),
        fc.option(second, { nil: undefined }),
        fc.double({ min: 400, max: 900, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (changes, confirmed, now, later) => {
          const outcomes = changes.map((each, position) => outcomeRow(position, each));
          const known = confirmed === undefined ? {} : { confirmedAt: at(confirmed).toISOString() };
          const first = estimateSecondsRemaining(known, outcomes, at(now));
          const second = estimateSecondsRemaining(known, outcomes, at(now + later));
          expect(second).to.be.at.most(first);
          expect(Number.isInteger(second) && second >= 1).to.equal(true);
        },
      ),
    );
  });
});

describe('slowActions', () => {
  const slow = (second: number, outcomes: readonly OutcomeRow[]) =>
    slowActions(record, outcomes, at(second)).map(({ position }) => position);

  it('are the pending ones that take more than twice as long as a batch is expected to', () => {
    const outcomes = rows([23, saved(4, 4)], [1, pending()]);
    expect(slow(8, outcomes)).to.deep.equal([]);
    expect(slow(8.001, outcomes)).to.deep.equal([23]);
  });

  it('are none before 5 s, however quick the others were, nor before 30 s when nothing is known', () => {
    const quick = rows([23, saved(1, 1)], [1, pending()]);
    expect(slow(5, quick)).to.deep.equal([]);
    expect(slow(5.001, quick)).to.deep.equal([23]);
    expect(slow(30, rows([2, pending()]))).to.deep.equal([]);
    expect(slow(30.001, rows([2, pending()]))).to.deep.equal([0, 1]);
  });

  it('are counted from the beginning of their batch, and none of a batch that has not begun', () => {
    const outcomes = rows([7, saved(4, 4)], [1, pending({ at: 20 })], [16, saved(20, 4)], [24, pending()]);
    expect(slow(20.5, outcomes)).to.deep.equal([7]);
    expect(slow(29, outcomes)).to.deep.equal([7, ...Array.from({ length: 16 }, (_, index) => 24 + index)]);
  });
});

describe('actionMsOf', () => {
  /** Actions, each saved at one of these seconds. */
  const savedAt = (...seconds: readonly number[]) =>
    rows(...seconds.map((second): [number, Partial<OutcomeRow>] => [1, saved(second, 1)]));

  it('is the median over the saved actions, each from the beginning of its batch', () => {
    // Three batches begin at once, the fourth at the end of the first one, at 5 s, and the fifth at 6 s.
    const outcomes = rows([7, saved(4, 4)], [1, saved(5, 5)], [16, saved(6, 6)], [16, saved(8, 3)]);
    expect(actionMsOf(record, outcomes, at(10))).to.equal(4_000);
    expect(actionMsOf(record, outcomes.slice(0, 24), at(10))).to.equal(6_000);
  });

  it('is the same of one action and of 64 that take as long', () => {
    const seconds = Array.from({ length: 64 }, (_, index) => 5 * Math.ceil((Math.floor(index / 8) + 1) / 3));
    for (const count of [1, 24, 64])
      expect(actionMsOf(record, savedAt(...seconds.slice(0, count)), at(99))).to.equal(5_000);
  });

  it('leaves out what failed or was taken back, and never is below zero', () => {
    const others: [number, Partial<OutcomeRow>] = [1, failedAt(80)];
    const takenBack: [number, Partial<OutcomeRow>] = [1, { ...failedAt(80), outcome: 'CANCELLED' }];
    expect(actionMsOf(record, rows([1, saved(3, 1)], others, takenBack), at(90))).to.equal(3_000);
    expect(actionMsOf(record, rows(others, takenBack), at(90))).to.equal(undefined);
    expect(actionMsOf(record, savedAt(-1), at(90))).to.equal(0);
  });

  it('counts what is pending only once that is slow already, in the batches in work alone', () => {
    const outcomes = rows([1, saved(2, 2)], [63, pending()]);
    expect(actionMsOf(record, outcomes, at(8), 3_000)).to.equal(2_000);
    expect(actionMsOf(record, outcomes, at(8.5), 3_000)).to.equal(8_500);
    expect(actionMsOf(record, outcomes, at(100))).to.equal(2_000);
    const oneHangs = rows([1, saved(1, 1)], [1, saved(2, 2)], [1, saved(3, 3)], [1, pending()]);
    expect(actionMsOf(record, oneHangs, at(100), 3_000)).to.equal(2_500);
  });

  it('is unknown before the execution is known to run, and of times that were not kept', () => {
    expect(actionMsOf({}, savedAt(3), at(9))).to.equal(undefined);
    expect(actionMsOf(record, rows([1, { outcome: 'SAVED' }]), at(9))).to.equal(undefined);
  });
});

describe('attemptOf', () => {
  it('is the next attempt at a pending action once one has failed, and never more than there are', () => {
    const attempts = [0, 1, 2, 3, 4].map((failed) => attemptOf(pending(...Array(failed).fill({ at: 1 }))));
    expect(attempts).to.deep.equal([undefined, 2, 3, 4, 4]);
    expect(LIMITS.attemptsPerAction).to.equal(1 + RETRIERS.GenerateRetry.MaxAttempts);
    expect(attemptOf({ outcome: 'PENDING' })).to.equal(undefined);
    expect(attemptOf({ ...pending({ at: 1 }), outcome: 'SAVED' })).to.equal(undefined);
    const last = { at: at(1).toISOString(), isLast: true as const };
    expect(attemptOf({ outcome: 'PENDING', failedAttempts: { one: last } }), 'none follows').to.equal(undefined);
  });
});

describe('takenBy', () => {
  const usage = { aiCalls: 30, inputTokens: 30_010, outputTokens: 9_001 };
  const ended = {
    ...executionRow(),
    confirmedAt: at(1).toISOString(),
    stoppedAt: at(61).toISOString(),
    totalActions: 25,
    savedActions: 20,
    actionMs: 12_345,
    usage,
  };

  it('is the time of a wave, and the tokens of an action that was saved', () => {
    const one = { actionMs: 12_345, waveMs: 30_000, inputTokens: 1_501, outputTokens: 450 };
    expect(takenBy(ended)).to.deep.equal(one);
    expect(takenBy({ ...ended, totalActions: 24 })).to.deep.equal({ ...one, waveMs: 60_000 });
    expect(takenBy({ ...ended, stoppedAt: at(0).toISOString() })).to.deep.equal({ ...one, waveMs: 0 });
  });

  for (const name of ['confirmedAt', 'stoppedAt', 'actionMs', 'usage', 'savedActions'] as const)
    it(`is not known without ${name}`, () => {
      const { [name]: _, ...without } = ended;
      expect(takenBy(without)).to.equal(undefined);
      if (name === 'savedActions') expect(takenBy({ ...ended, savedActions: 0 })).to.equal(undefined);
    });
});
