import { expect } from 'chai';
import fc from 'fast-check';
import { currentBatch, estimateSecondsRemaining } from '../src/status.ts';

describe('estimateSecondsRemaining', () => {
  it('goes by the rate so far', () => {
    expect(estimateSecondsRemaining(32, 64, 100)).to.equal(100);
    expect(estimateSecondsRemaining(48, 64, 90)).to.equal(30);
  });

  it('assumes 15 s a wave of 24 before the first result', () => {
    expect(estimateSecondsRemaining(0, 64, 0)).to.equal(45);
    expect(estimateSecondsRemaining(0, 24, 5)).to.equal(10);
  });

  it('is 0 exactly when everything is processed, and never negative', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 0, max: 64 }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (total, processed, elapsed) => {
          const seconds = estimateSecondsRemaining(Math.min(processed, total), total, elapsed);
          expect(seconds === 0).to.equal(processed >= total);
          expect(Number.isInteger(seconds) && seconds >= 0).to.equal(true);
        },
      ),
    );
  });
});

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
