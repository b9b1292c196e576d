import { expect } from 'chai';
import { costOf, priced, usageOf } from '../../src/execution/cost.ts';

const used = (inputTokens: number, outputTokens: number) => ({ usage: { inputTokens, outputTokens } });

describe('the cost of an execution', () => {
  it('sums the calls whose usage is known', () => {
    expect(usageOf([used(100, 10), {}, used(200, 20)])).to.deep.equal({
      aiCalls: 2,
      inputTokens: 300,
      outputTokens: 30,
    });
    expect(usageOf([{}])).to.deep.equal({ aiCalls: 0, inputTokens: 0, outputTokens: 0 });
  });

  it('adds the answers that were refused, each attempt once', () => {
    const at = '2026-11-24T00:00:00.000Z';
    const refused = { at, usage: { inputTokens: 7, outputTokens: 3, latencyMs: 5 } };
    const outcome = { ...used(100, 10), failedAttempts: { one: refused, two: { at }, three: refused } };
    expect(usageOf([outcome, { failedAttempts: { one: refused } }, { failedAttempts: {} }])).to.deep.equal({
      aiCalls: 4,
      inputTokens: 121,
      outputTokens: 19,
    });
    expect(costOf([{ failedAttempts: { one: refused } }], { input: 1, output: 10 }).estimatedUsd).to.equal(0.000037);
  });

  it('is that of input and output, each at its price for a million, to a millionth of a dollar', () => {
    const usage = { aiCalls: 2, inputTokens: 1_000_000, outputTokens: 500_000 };
    expect(priced(usage, { input: 3, output: 15 })).to.deep.equal({ ...usage, estimatedUsd: 10.5 });
    expect(costOf([used(1, 1)], { input: 0.4, output: 1 }).estimatedUsd).to.equal(0.000001);
    expect(costOf([used(1, 0)], { input: 0.4, output: 1 }).estimatedUsd).to.equal(0);
  });
});
