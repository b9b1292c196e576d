import { expect } from 'chai';
import fc from 'fast-check';
import { type MetricId, MetricStore } from '../../../local/aws/cloudwatch/metric-store.ts';
import { isStatistic, statistic } from '../../../local/aws/cloudwatch/statistics.ts';

const id: MetricId = { namespace: 'Test', metricName: 'Count', dimensions: { a: '1', b: '2' } };
const at = (timestamp: number, value = 1) => ({ ...id, timestamp, values: new Map([[value, 1]]) });

describe('the metric store', () => {
  it('gives what came from one time until before another', () => {
    const store = new MetricStore({ resolutionMs: 60, retentionMs: 6000 });
    for (const timestamp of [59, 60, 119, 120, 180]) store.add(at(timestamp));
    const counts = [
      [60, 180],
      [0, 60],
      [240, 300],
    ].map(([from = 0, until = 0]) => statistic('SampleCount', store.between(id, from, until)));
    expect(counts).to.deep.equal([3, 1, undefined]);
  });

  it('tells metrics apart by namespace, name and all dimensions, whose order does not matter', () => {
    const store = new MetricStore({ resolutionMs: 60, retentionMs: 6000 });
    store.add(at(0));
    const others: MetricId[] = [
      { ...id, namespace: 'Other' },
      { ...id, metricName: 'Other' },
      { ...id, dimensions: { a: '1' } },
      { ...id, dimensions: { a: '2', b: '1' } },
    ];
    for (const other of others) expect(store.between(other, 0, 60).size, JSON.stringify(other)).to.equal(0);
    expect(store.between({ ...id, dimensions: { b: '2', a: '1' } }, 0, 60).size).to.equal(1);
  });

  it('puts a minute between its bounds for any time scale', () => {
    const scale = fc.double({ min: 0.001, max: 10, noNaN: true });
    fc.assert(
      fc.property(scale, fc.integer({ min: 0, max: 2_000_000_000_000 }), (timeScale, time) => {
        const minuteMs = 60_000 * timeScale;
        const store = new MetricStore({ resolutionMs: minuteMs, retentionMs: 10 * minuteMs });
        store.add(at(time));
        const begin = Math.floor(time / minuteMs) * minuteMs;
        const found = [-1, 0, 1].map((minutes) => {
          const from = begin + minutes * minuteMs;
          return store.between(id, from, from + minuteMs).size;
        });
        expect(found).to.deep.equal([0, 1, 0]);
      }),
    );
  });

  it('forgets what is older than the retention, but not its sums, and shows the value of the latest time last', () => {
    const store = new MetricStore({ resolutionMs: 60, retentionMs: 600 });
    store.add({ ...at(0, 5), unit: 'Count' });
    store.add(at(660, 7));
    store.add(at(650, 6));
    expect(store.between(id, 0, 60).size).to.equal(0);
    const { metricName, dimensions } = id;
    const last = { timestamp: '1970-01-01T00:00:00.660Z', sum: 7, average: 7 };
    const summary = { metricName, dimensions, unit: 'Count', sampleCount: 3, sum: 18, minimum: 5, maximum: 7, last };
    expect(store.summary()).to.deep.equal({ Test: [summary] });
  });
});

describe('a statistic of a metric', () => {
  const hundred = new Map(Array.from({ length: 100 }, (_, index) => [index + 1, 1]));
  for (const [name, expected] of [
    ['SampleCount', 4],
    ['Sum', 16],
    ['Average', 4],
    ['Minimum', 2],
    ['Maximum', 10],
  ] as const) {
    it(`is ${expected} as ${name} of 2, 2, 2 and 10`, () => {
      const values = new Map([
        [2, 3],
        [10, 1],
      ]);
      expect(statistic(name, values)).to.equal(expected);
    });
  }

  it('is the smallest value that so many percent are not above as a percentile', () => {
    const found = ['p0', 'p50', 'p99', 'p99.5', 'p100'].map((name) => statistic(name, hundred));
    expect(found).to.deep.equal([1, 50, 99, 100, 100]);
  });

  it('is none without data, and refused by a name that is none', () => {
    expect(statistic('Sum', new Map())).to.equal(undefined);
    expect(() => statistic('Median', hundred)).to.throw('Median');
    expect(['p99.9', 'Sum', 'p101', 'tm99', 'sum', 'toString', ''].filter(isStatistic)).to.deep.equal(['p99.9', 'Sum']);
  });
});
