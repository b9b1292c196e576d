import { expect } from 'chai';
import fc from 'fast-check';
import {
  addTo,
  copyOf,
  isStatistic,
  type StatisticSet,
  statistic,
  statisticsOf,
} from '../../../local/aws/cloudwatch/statistics.ts';

const setOf = (values: readonly number[]) => statisticsOf(values.map((value) => [value, 1] as const));
/** The statistics of both together. */
function both(one: StatisticSet, other: StatisticSet): StatisticSet {
  const together = copyOf(one);
  addTo(together, other);
  return together;
}
const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 50 });

describe('the statistics of a metric', () => {
  it('are those of the values, each as often as it came', () => {
    const set = statisticsOf([
      [2, 3],
      [10, 1],
    ]);
    const shown = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'].map((name) => statistic(name, set));
    expect(shown).to.deep.equal([4, 16, 4, 2, 10]);
  });

  it('take the smallest value that so many percent are not above as a percentile', () => {
    const set = setOf(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(['p0', 'p50', 'p90', 'p99', 'p99.5', 'p100'].map((name) => statistic(name, set))).to.deep.equal([
      1, 50, 90, 99, 100, 100,
    ]);
  });

  it('have no value without data, and no percentile of values that are not known one by one', () => {
    expect(statistic('Sum', undefined)).to.equal(undefined);
    const set = { sampleCount: 2, sum: 4, minimum: 1, maximum: 3, counts: undefined };
    expect(statistic('Average', set)).to.equal(2);
    expect(statistic('p99', set)).to.equal(undefined);
    expect(statistic('p99', both(set, setOf([1])))).to.equal(undefined);
  });

  it('are refused by a name that is none', () => {
    expect(() => statistic('Median', setOf([1]))).to.throw('Median');
    expect(['p99', 'p99.9', 'Sum'].map(isStatistic)).to.deep.equal([true, true, true]);
    expect(['p101', 'tm99', 'sum', 'toString', ''].map(isStatistic)).to.deep.equal([false, false, false, false, false]);
  });

  it('are the same whether values came together or in parts', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const together = setOf([...one, ...other]);
        const merged = both(setOf(one), setOf(other));
        for (const name of ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'p0', 'p50', 'p99', 'p100']) {
          expect(statistic(name, merged), name).to.equal(statistic(name, together));
        }
      }),
    );
  });

  it('have percentiles that grow, from the minimum to the maximum', () => {
    fc.assert(
      fc.property(values, fc.nat(100), fc.nat(100), (given, one, other) => {
        const set = setOf(given);
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(statistic(`p${low}`, set)).to.be.at.most(statistic(`p${high}`, set) ?? Number.NaN);
        expect(statistic('p100', set)).to.equal(Math.max(...given));
        expect(statistic('p0', set)).to.equal(Math.min(...given));
      }),
    );
  });
});
