import { expect } from 'chai';
import fc from 'fast-check';
import { type Alarm, type Datapoint, datapointsOf, evaluate } from '../../../local/aws/cloudwatch/alarm.ts';
import { parseExpression } from '../../../local/aws/cloudwatch/expression.ts';
import { MetricStore } from '../../../local/aws/cloudwatch/metric-store.ts';

const START = Date.parse('2026-01-31T12:00:00.000Z');
const rule = {
  comparison: 'GreaterThanThreshold',
  threshold: 10,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
} as const;
const values = { X: 20, '0': 0, '-': undefined } as const;
type Sign = keyof typeof values;
const isSign = (text: string): text is Sign => Object.hasOwn(values, text);

/** Datapoints as AWS's guide writes them: X breaches, 0 does not, - is missing; oldest first. */
const datapoints = (signs: string): Datapoint[] =>
  signs
    .split(' ')
    .filter(isSign)
    .map((sign, index) => ({ start: START + index * 60_000, value: values[sign] }));

describe('the evaluation of an alarm', () => {
  /** The rows of "How alarm state is evaluated when data is missing", for data that are not breaching. */
  for (const [evaluationPeriods, datapointsToAlarm, signs, state] of [
    [3, 3, '0 - X - X', 'OK'],
    [3, 3, '- - - - 0', 'OK'],
    [3, 3, '- - - - -', 'OK'],
    [3, 3, '0 X X - X', 'ALARM'],
    [3, 3, '- - X - -', 'OK'],
    [3, 2, '0 - X - X', 'ALARM'],
    [3, 2, '0 0 X 0 X', 'ALARM'],
    [3, 2, '0 - X - -', 'OK'],
    [3, 2, '- - - X -', 'OK'],
  ] as const) {
    it(`is AWS's for ${signs} where ${datapointsToAlarm} of ${evaluationPeriods} must breach: ${state}`, () => {
      const given = { ...rule, evaluationPeriods, datapointsToAlarm };
      expect(evaluate(given, datapoints(signs), 'OK').state).to.equal(state);
    });
  }

  for (const [comparison, breaching] of [
    ['GreaterThanThreshold', [false, false, true]],
    ['GreaterThanOrEqualToThreshold', [false, true, true]],
  ] as const) {
    it(`compares below, at and above the threshold by ${comparison}`, () => {
      const found = [9, 10, 11].map((value) => {
        const one = { ...rule, comparison, evaluationPeriods: 1, datapointsToAlarm: 1 };
        return evaluate(one, [{ start: START, value }], 'OK').state === 'ALARM';
      });
      expect(found).to.deep.equal(breaching);
    });
  }

  for (const [signs, [datapointsToAlarm, evaluationPeriods], current, reason] of [
    [
      '- - X',
      [1, 1],
      'OK',
      '1 out of the last 1 datapoints [20.0 (31/01/26 12:02:00)] was greater than the threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition)',
    ],
    [
      'X 0 X X',
      [2, 3],
      'OK',
      '2 out of the last 3 datapoints [20.0 (31/01/26 12:03:00), 20.0 (31/01/26 12:02:00)] were greater than the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition)',
    ],
    [
      '0',
      [1, 1],
      'ALARM',
      '1 out of the last 1 datapoints [0.0 (31/01/26 12:00:00)] was not greater than the threshold (10.0) (minimum 1 datapoint for ALARM -> OK transition)',
    ],
    [
      '- - -',
      [1, 1],
      'ALARM',
      'no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching]',
    ],
    [
      '- - 0',
      [2, 2],
      'ALARM',
      '1 datapoint [0.0 (31/01/26 12:02:00)] was not greater than the threshold (10.0) and 1 missing datapoint was treated as [NonBreaching]',
    ],
  ] as const) {
    it(`gives the reason for ${signs} in CloudWatch's words`, () => {
      const given = { ...rule, datapointsToAlarm, evaluationPeriods };
      expect(evaluate(given, datapoints(signs), current).reason).to.equal(`Threshold Crossed: ${reason}.`);
    });
  }

  it('is that of missing data filled in, and never milder because a datapoint that did not breach does', () => {
    const signs = fc.array(fc.constantFrom<Sign>('X', '0', '-'), { minLength: 1, maxLength: 8 });
    const periods = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(signs, periods, fc.nat(), (given, evaluationPeriods, seed) => {
        const rules = { ...rule, evaluationPeriods, datapointsToAlarm: 1 + (seed % evaluationPeriods) };
        const stateOf = (of: readonly Sign[]) => evaluate(rules, datapoints(of.join(' ')), 'OK').state;
        const present = given.filter((sign) => sign !== '-').slice(-evaluationPeriods);
        const filled = [...Array<Sign>(evaluationPeriods - present.length).fill('0'), ...present];
        expect(stateOf(given)).to.equal(stateOf(filled));
        const mild = given.map((sign, index) => (index === seed % given.length && sign === 'X' ? '0' : sign));
        if (stateOf(mild) === 'ALARM') expect(stateOf(given)).to.equal('ALARM');
      }),
    );
  });
});

describe('the datapoints of an alarm', () => {
  const PERIOD = 300_000;
  const metric = (metricName: string) => ({
    source: {
      metric: { namespace: 'AWS/States', metricName, dimensions: {} },
      statistic: 'Sum',
    },
  });
  const math = (text: string) => ({ source: { text, expression: parseExpression(text) } });
  const failureRate: Pick<Alarm, 'queries' | 'returned' | 'evaluationPeriods'> = {
    evaluationPeriods: 1,
    returned: 'rate',
    queries: [
      { id: 'failed', ...metric('ExecutionsFailed') },
      { id: 'succeeded', ...metric('ExecutionsSucceeded') },
      { id: 'bad', ...math('FILL(failed, 0)') },
      { id: 'ended', ...math('bad + FILL(succeeded, 0)') },
      { id: 'rate', ...math('IF(ended > 0, 100 * bad / ended, 0)') },
    ],
  };
  const storeWith = (...entries: [metricName: string, time: number][]) => {
    const store = new MetricStore({ resolutionMs: 60_000, retentionMs: 86_400_000 });
    for (const [metricName, timestamp] of entries) {
      store.add({ namespace: 'AWS/States', metricName, dimensions: {}, timestamp, values: new Map([[1, 1]]) });
    }
    return store;
  };
  const times = (metricName: string, count: number, time: number) =>
    Array.from({ length: count }, (): [string, number] => [metricName, time]);

  it('are those of periods that slide with the time of the evaluation', () => {
    const store = storeWith(['ExecutionsFailed', START - 60_000]);
    const ends = [0, 1, 4, 5].map((minutes) => START + minutes * 60_000);
    const last = ends.map((end) => datapointsOf(failureRate, store, end, PERIOD).at(-1));
    expect(last.map((datapoint) => datapoint?.value)).to.deep.equal([100, 100, 100, 0]);
    expect(last[0]?.start).to.equal(START - PERIOD);
  });

  it('reach two periods further back than the evaluation', () => {
    const found = datapointsOf(failureRate, storeWith(), START, PERIOD);
    expect(found.map(({ start }) => (START - start) / PERIOD)).to.deep.equal([3, 2, 1]);
  });

  for (const [failed, succeeded, state] of [
    [2, 8, 'ALARM'],
    [1, 9, 'OK'],
    [0, 0, 'OK'],
    [1, 0, 'ALARM'],
  ] as const) {
    it(`are ${state} for ${failed} failures of ${failed + succeeded} executions at more than 10 %`, () => {
      const time = START - 90_000;
      const store = storeWith(
        ...times('ExecutionsFailed', failed, time),
        ...times('ExecutionsSucceeded', succeeded, time),
      );
      const found = datapointsOf(failureRate, store, START, PERIOD);
      const given = { ...rule, evaluationPeriods: 1, datapointsToAlarm: 1 };
      expect(evaluate(given, found, 'OK').state).to.equal(state);
    });
  }
});
