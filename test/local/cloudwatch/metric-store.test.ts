import { expect } from 'chai';
import fc from 'fast-check';
import { type MetricId, MetricStore } from '../../../local/aws/cloudwatch/metric-store.ts';
import { statistic, statisticsOf } from '../../../local/aws/cloudwatch/statistics.ts';

const id: MetricId = { namespace: 'Test', metricName: 'Count', dimensions: { a: '1', b: '2' } };
const at = (timestamp: number, value = 1) => ({ ...id, timestamp, statistics: statisticsOf([[value, 1]]) });

describe('the metric store', () => {
  it('gives what came from one time until before another', () => {
    const store = new MetricStore({ resolutionMs: 60, retentionMs: 6000 });
    for (const timestamp of [59, 60, 119, 120, 180]) store.add(at(timestamp));
    expect(store.between(id, 60, 180)?.sampleCount).to.equal(3);
    expect(store.between(id, 0, 60)?.sampleCount).to.equal(1);
    expect(store.between(id, 240, 300)).to.equal(undefined);
  });

  it('changes neither what it was given nor what it gave when more comes', () => {
    const store = new MetricStore({ resolutionMs: 60, retentionMs: 6000 });
    const first = at(0, 1);
    store.add(first);
    const given = store.between(id, 0, 60);
    store.add(at(1, 5));
    const counts = new Map([[1, 1]]);
    expect([given, first.statistics].map((set) => set?.counts)).to.deep.equal([counts, counts]);
    expect(statistic('p100', store.between(id, 0, 60))).to.equal(5);
    expect(given?.sum).to.equal(1);
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
    for (const other of others) expect(store.between(other, 0, 60), JSON.stringify(other)).to.equal(undefined);
    expect(store.between({ ...id, dimensions: { b: '2', a: '1' } }, 0, 60)?.sampleCount).to.equal(1);
  });

  it('puts a minute between its bounds for any time scale', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 10, noNaN: true }),
        fc.integer({ min: 0, max: 2_000_000_000_000 }),
        (timeScale, time) => {
          const minuteMs = 60_000 * timeScale;
          const store = new MetricStore({ resolutionMs: minuteMs, retentionMs: 10 * minuteMs });
          store.add(at(time));
          const begin = Math.floor(time / minuteMs) * minuteMs;
          const found = [-1, 0, 1].map((minutes) => {
            const from = begin + minutes * minuteMs;
            return store.between(id, from, from + minuteMs)?.sampleCount ?? 0;
          });
          expect(found).to.deep.equal([0, 1, 0]);
        },
      ),
    );
  });

  it('forgets what is older than the retention, but not its sums', () => {
    const store = new MetricStore({ resolutionMs: 60, retentionMs: 600 });
    store.add({ ...at(0, 5), unit: 'Count' });
    store.add(at(660, 7));
    expect(store.between(id, 0, 60)).to.equal(undefined);
    expect(store.summary()).to.deep.equal({
      Test: [
        {
          metricName: 'Count',
          dimensions: { a: '1', b: '2' },
          unit: 'Count',
          sampleCount: 2,
          sum: 12,
          minimum: 5,
          maximum: 7,
          last: { timestamp: '1970-01-01T00:00:00.660Z', sum: 7, average: 7 },
        },
      ],
    });
  });

  it('shows the value of the latest time as the last one, also when an earlier one comes later', () => {
    const store = new MetricStore({ resolutionMs: 60, retentionMs: 6000 });
    store.add(at(200, 2));
    store.add(at(100, 1));
    expect(store.summary().Test?.[0]?.last.sum).to.equal(2);
    expect(statistic('Sum', store.between(id, 60, 120))).to.equal(1);
  });
});
