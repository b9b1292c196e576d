import { expect } from 'chai';
import { isSlow, median } from '../../src/pace/pace.ts';

describe('isSlow', () => {
  for (const [what, actionMs, usualActionMs, expected] of [
    ['twice as long', 40_000, 20_000, false],
    ['more than twice as long', 40_001, 20_000, true],
    ['many times as long, but 5 s longer', 5_100, 100, false],
    ['many times as long and more than 5 s longer', 5_101, 100, true],
    ['however long, with nothing to compare with', 900_000, undefined, false],
    ['no time at all', undefined, 100, false],
  ] as const) {
    it(`is ${expected} of ${what}`, () => {
      expect(isSlow({ actionMs, usualActionMs })).to.equal(expected);
    });
  }
});

describe('median', () => {
  it('is the middle value or between the two, in whatever order', () => {
    expect([[3], [9, 1], [10, 9, 1], [4, 10, 1, 100]].map(median)).to.deep.equal([3, 5, 9, 7]);
  });
});
