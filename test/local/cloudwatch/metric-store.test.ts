import { expect } from 'chai';
import fc from 'fast-check';
import { type MetricId, MetricStore } from '../../../local/aws/cloudwatch/metric-store.ts';
import { isStatistic, statistic } from '../../../local/aws/cloudwatch/statistics.ts';

const id: MetricId = { namespace: 'Test', metricName: 'Count', dimensions: { a: '1', b: '2' } };
const at = (timestamp: number, value = 1) => ({ ...id, timestamp, values: new Map([[value, 1]]) });

describe('the metric store', () => {
  it('puts a minute between its bounds for any time scale, whatever the order of the dimensions', () => {
    const scale = fc.double({ min: 0.001, max: 10, noNaN: true });
    fc.assert(
      fc.property(scale, fc.integer({ min: 0, max: 2_000_000_000_000 }), (timeScale, time) => {
        const minuteMs = 60_000 * timeScale;
        const store = new MetricStore({ resolutionMs: minuteMs, retentionMs: 10 * minuteMs });
        store.add(at(time));
        const begin = Math.floor(time / minuteMs) * minuteMs;
        const found = [-1, 0, 1].map((minutes) => {
          const from = begin + minutes * minuteMs;
          return store.between({ ...id, dimensions: { b: '2', a: '1' } }, from, from + minuteMs).size;
        });
        expect(found).to.deep.equal([0, 1, 0]);
      }),
    );
  });

  it('forgets what is older than the retention, but not its sums', () => {
    const store = new MetricStore({ resolutionMs: 60, retentionMs: 600 });
    store.add({ ...at(0, 5), unit: 'Count' });
    store.add(at(660, 7));
    expect(store.between(id, 0, 60).size).to.equal(0);
    const { metricName, dimensions } = id;
    const summary = { metricName, dimensions, unit: 'Count', sampleCount: 2, sum: 12, minimum: 5, maximum: 7 };
    expect(store.summary()).to.deep.equal({ Test: [summary] });
  });

  it('knows statistics, percentiles too', () => {
    const hundred = new Map(Array.from({ length: 100 }, (_, index) => [index + 1, 1]));
    const names = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum', 'p0', 'p50', 'p99.5', 'p100'];
    expect(names.map((name) => statistic(name, hundred))).to.deep.equal([100, 5050, 50.5, 1, 100, 1, 50, 100, 100]);
    expect(statistic('Sum', new Map())).to.equal(undefined);
    expect([...names, 'p101', 'tm99', 'sum', 'toString', ''].filter(isStatistic)).to.deep.equal(names);
  });
});
