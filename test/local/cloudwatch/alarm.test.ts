import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Alarm,
  type AlarmState,
  type Datapoint,
  datapointsOf,
  evaluate,
} from '../../../local/aws/cloudwatch/alarm.ts';
import { parseExpression } from '../../../local/aws/cloudwatch/expression.ts';
import { MetricStore } from '../../../local/aws/cloudwatch/metric-store.ts';

const START = Date.parse('2026-01-31T12:00:00.000Z');
const rule = {
  comparison: 'GreaterThanThreshold',
  threshold: 10,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  missingData: 'missing',
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

const MISSING_DATA_KINDS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

describe('the evaluation of an alarm', () => {
  /** The tables of "How alarm state is evaluated when data is missing"; RETAIN is "Retain current state". */
  const tables: [evaluationPeriods: number, datapointsToAlarm: number, rows: [signs: string, ...states: string[]][]][] =
    [
      [
        3,
        3,
        [
          ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
          ['- - - - 0', 'OK', 'OK', 'OK', 'OK'],
          ['- - - - -', 'INSUFFICIENT_DATA', 'RETAIN', 'ALARM', 'OK'],
          ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
          ['- - X - -', 'ALARM', 'RETAIN', 'ALARM', 'OK'],
        ],
      ],
      [
        3,
        2,
        [
          ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
          ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
          ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
          ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
          ['- - - X -', 'ALARM', 'RETAIN', 'ALARM', 'OK'],
        ],
      ],
    ];
  for (const [evaluationPeriods, datapointsToAlarm, rows] of tables) {
    for (const [signs, ...states] of rows) {
      it(`is AWS's for ${signs} where ${datapointsToAlarm} of ${evaluationPeriods} must breach`, () => {
        const found = MISSING_DATA_KINDS.map((missingData) => {
          const verdict = evaluate(
            { ...rule, evaluationPeriods, datapointsToAlarm, missingData },
            datapoints(signs),
            'OK',
          );
          return verdict?.state ?? 'RETAIN';
        });
        expect(found).to.deep.equal(states);
      });
    }
  }

  for (const [comparison, breaching] of [
    ['GreaterThanThreshold', [false, false, true]],
    ['GreaterThanOrEqualToThreshold', [false, true, true]],
    ['LessThanThreshold', [true, false, false]],
    ['LessThanOrEqualToThreshold', [true, true, false]],
  ] as const) {
    it(`compares below, at and above the threshold by ${comparison}`, () => {
      const found = [9, 10, 11].map((value) => {
        const one = { ...rule, comparison, evaluationPeriods: 1, datapointsToAlarm: 1 };
        return evaluate(one, [{ start: START, value }], 'OK')?.state === 'ALARM';
      });
      expect(found).to.deep.equal(breaching);
    });
  }

  const reasons: [
    signs: string,
    periods: [number, number],
    missing: Alarm['missingData'],
    current: AlarmState,
    reason: string,
  ][] = [
    [
      '- - X',
      [1, 1],
      'missing',
      'OK',
      'Threshold Crossed: 1 out of the last 1 datapoints [20.0 (31/01/26 12:02:00)] was greater than the threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition).',
    ],
    [
      'X 0 X X',
      [2, 3],
      'missing',
      'OK',
      'Threshold Crossed: 2 out of the last 3 datapoints [20.0 (31/01/26 12:03:00), 20.0 (31/01/26 12:02:00)] were greater than the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition).',
    ],
    [
      '0',
      [1, 1],
      'missing',
      'ALARM',
      'Threshold Crossed: 1 out of the last 1 datapoints [0.0 (31/01/26 12:00:00)] was not greater than the threshold (10.0) (minimum 1 datapoint for ALARM -> OK transition).',
    ],
    [
      '- - -',
      [1, 1],
      'notBreaching',
      'ALARM',
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    ],
    ['- - -', [2, 2], 'missing', 'OK', 'Insufficient Data: 2 datapoints were unknown.'],
    [
      '- - 0',
      [2, 2],
      'notBreaching',
      'ALARM',
      'Threshold Crossed: 1 datapoint [0.0 (31/01/26 12:02:00)] was not greater than the threshold (10.0) and 1 missing datapoint was treated as [NonBreaching].',
    ],
  ];
  for (const [signs, [datapointsToAlarm, evaluationPeriods], missingData, current, reason] of reasons) {
    it(`gives the reason for ${signs} (${missingData}) in CloudWatch's words`, () => {
      const given = { ...rule, datapointsToAlarm, evaluationPeriods, missingData };
      expect(evaluate(given, datapoints(signs), current)?.reason).to.equal(reason);
    });
  }

  const anyDatapoints = fc.array(fc.constantFrom<Sign>('X', '0', '-'), { minLength: 1, maxLength: 8 });
  const anyRule = fc
    .record({ evaluationPeriods: fc.integer({ min: 1, max: 6 }), share: fc.double({ min: 0.01, max: 1, noNaN: true }) })
    .map(({ evaluationPeriods, share }) => ({
      ...rule,
      evaluationPeriods,
      datapointsToAlarm: Math.ceil(evaluationPeriods * share),
    }));
  const anyMissing = fc.constantFrom<Alarm['missingData']>('breaching', 'ignore', 'missing', 'notBreaching');
  const anyState = fc.constantFrom<AlarmState>('OK', 'ALARM', 'INSUFFICIENT_DATA');
  const stateFor = (given: Parameters<typeof evaluate>[0], signs: readonly Sign[], current: AlarmState) =>
    evaluate(given, datapoints(signs.join(' ')), current)?.state ?? current;
  const SEVERITY = { OK: 0, INSUFFICIENT_DATA: 1, ALARM: 2 } as const;

  it('never becomes milder because a datapoint that did not breach does', () => {
    fc.assert(
      fc.property(anyRule, anyMissing, anyDatapoints, fc.nat(), (given, missingData, signs, seed) => {
        const mild = signs.map((sign, index) => (index === seed % signs.length && sign === 'X' ? '0' : sign));
        const rules = { ...given, missingData };
        expect(SEVERITY[stateFor(rules, mild, 'OK')]).to.be.at.most(SEVERITY[stateFor(rules, signs, 'OK')]);
      }),
    );
  });

  it('has no insufficient data where missing data are breaching or not, and treats them as those', () => {
    fc.assert(
      fc.property(anyRule, anyDatapoints, anyState, (given, signs, current) => {
        const present = signs.filter((sign) => sign !== '-').slice(-given.evaluationPeriods);
        for (const [missingData, sign] of [
          ['breaching', 'X'],
          ['notBreaching', '0'],
        ] as const) {
          const filled = [...Array<Sign>(given.evaluationPeriods - present.length).fill(sign), ...present];
          expect(stateFor({ ...given, missingData }, signs, current)).to.equal(stateFor(given, filled, current));
        }
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
    label: undefined,
  });
  const math = (text: string) => ({ source: { text, expression: parseExpression(text) }, label: undefined });
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
      const given = { ...rule, evaluationPeriods: 1, datapointsToAlarm: 1, missingData: 'notBreaching' } as const;
      expect(evaluate(given, found, 'OK')?.state).to.equal(state);
    });
  }
});
