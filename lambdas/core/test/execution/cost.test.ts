import { expect } from 'chai';
import { costOf, priced, usageOf } from '../../src/execution/cost.ts';

const used = (inputTokens: number, outputTokens: number) => ({ usage: { inputTokens, outputTokens } });
const total = (aiCalls: number, inputTokens: number, outputTokens: number) => ({ aiCalls, inputTokens, outputTokens });

describe('the cost of an execution', () => {
  it('counts the calls that have ended, and sums what is known of their usage', () => {
    expect(usageOf([used(100, 10), {}, used(200, 20)])).to.deep.equal(total(2, 300, 30));
    expect(usageOf([{}])).to.deep.equal(total(0, 0, 0));
  });

  it('adds the attempts that failed, each once, with what a refused answer took', () => {
    const at = '2026-11-24T00:00:00.000Z';
    const refused = { at, usage: { inputTokens: 7, outputTokens: 3, latencyMs: 5 } };
    const outcome = { ...used(100, 10), failedAttempts: { one: refused, two: { at }, three: refused } };
    const outcomes = [outcome, { failedAttempts: { one: refused } }, { failedAttempts: {} }];
    expect(usageOf(outcomes)).to.deep.equal(total(5, 121, 19));
  });

  it('is that of input and output, each at its price for a million, to a millionth of a dollar', () => {
    const usage = total(2, 1_000_000, 500_000);
    expect(priced(usage, { input: 3, output: 15 })).to.deep.equal({ ...usage, estimatedUsd: 10.5 });
    expect(costOf([used(1, 1)], { input: 0.4, output: 1 }).estimatedUsd).to.equal(0.000001);
    expect(costOf([used(1, 0)], { input: 0.4, output: 1 }).estimatedUsd).to.equal(0);
  });
});
