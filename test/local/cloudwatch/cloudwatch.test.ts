import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  InvalidParameterValueException,
  PutMetricDataCommand,
  paginateDescribeAlarms,
  ResourceNotFound,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Alarm, evaluate, MISSING_DATA } from '../../../local/aws/cloudwatch/alarm.ts';
import { createCloudWatch } from '../../../local/aws/cloudwatch/cloudwatch.ts';
import { ExpressionError, parseExpression, type Value } from '../../../local/aws/cloudwatch/expression.ts';
import { MetricStore } from '../../../local/aws/cloudwatch/metric-store.ts';
import { readPutMetricData } from '../../../local/aws/cloudwatch/put-metric-data.ts';
import { isStatistic, statistic } from '../../../local/aws/cloudwatch/statistics.ts';
import { AwsError } from '../../../local/aws/endpoint.ts';
import { failureOf } from '../../support/failure.ts';
import { clientConfig, useEndpoints } from '../../support/stack/endpoints.ts';

describe('CloudWatch', () => {
  const endpoints = useEndpoints();

  it('takes values, counts and dimensions, compressed when they are many, and refuses to the SDK', async () => {
    const sns = { publish: () => ({ messageId: '' }) };
    const cloudWatch = createCloudWatch({ alarms: [], sns, timeScale: 1, onFailure: () => undefined });
    const client = new CloudWatchClient(clientConfig(await endpoints.start({ monitoring: cloudWatch.service })));
    endpoints.onClose(() => client.destroy());
    const Dimensions = [{ Name: 'Model', Value: 'm' }];
    const MetricData = [
      { MetricName: 'AiLatency', Values: [1.5, 2.5], Counts: [2, 1], Dimensions },
      ...Array.from({ length: 999 }, (_, Value) => ({ MetricName: 'Large', Value })),
    ];
    await client.send(new PutMetricDataCommand({ Namespace: 'GoalActivity/dev', MetricData }));
    const [latency, large] = cloudWatch.metrics()['GoalActivity/dev'] ?? [];
    expect(latency).to.deep.include({ sampleCount: 3, sum: 5.5, dimensions: { Model: 'm' } });
    expect(large?.sampleCount).to.equal(999);
    const refused = client.send(new PutMetricDataCommand({ Namespace: 'AWS/States', MetricData }));
    expect(await failureOf(refused)).to.be.instanceOf(InvalidParameterValueException);
  });

  it('sets an alarm by hand, tells of it once, and shows it, its changes and its actions, page by page, newest first', async () => {
    const [name, topic] = ['watched-1', 'arn:aws:sns:ap-northeast-1:123456789012:alerts'];
    const alarms = [name, 'watched-2', 'other'].map(
      (each): Alarm => ({
        ...{
          name: each,
          arn: `arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:${each}`,
          description: 'LOW PRIORITY: …',
        },
        ...{ queries: [], returned: 'm', comparison: 'GreaterThanThreshold', threshold: 1, missingData: 'missing' },
        ...{ periodSeconds: 300, evaluationPeriods: 1, datapointsToAlarm: 1 },
        actions: { ALARM: [topic], OK: [], INSUFFICIENT_DATA: [] },
      }),
    );
    const told: unknown[] = [];
    const sns = { publish: (message: object) => ({ messageId: String(told.push(message)) }) };
    const { service } = createCloudWatch({ alarms, sns, timeScale: 1, onFailure: () => undefined });
    const client = new CloudWatchClient(clientConfig(await endpoints.start({ monitoring: service })));
    endpoints.onClose(() => client.destroy());
    const set = (AlarmName: string, StateValue: 'OK' | 'ALARM') =>
      client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'by hand' }));
    await set(name, 'OK');
    await set(name, 'ALARM');
    await set(name, 'ALARM');
    expect(told).to.have.length(1);
    expect(told[0]).to.have.property('message').that.contains('because "by hand"');
    const names: unknown[] = [];
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
      { client, pageSize: 1 },
      { AlarmNamePrefix: 'watched-' },
    ))
      names.push(MetricAlarms.map(({ AlarmName, StateValue }) => `${AlarmName} ${StateValue}`));
    expect(names).to.deep.equal([['watched-1 ALARM'], ['watched-2 INSUFFICIENT_DATA']]);
    const historyOf = async (input: object) =>
      (await client.send(new DescribeAlarmHistoryCommand({ AlarmName: name, ...input }))).AlarmHistoryItems?.map(
        ({ HistorySummary }) => HistorySummary,
      );
    expect(await historyOf({ HistoryItemType: 'Action' })).to.deep.equal([`Successfully executed action ${topic}`]);
    expect(await historyOf({ HistoryItemType: 'StateUpdate', ScanBy: 'TimestampDescending' })).to.deep.equal([
      'Alarm updated from OK to ALARM',
      'Alarm updated from INSUFFICIENT_DATA to OK',
    ]);
    expect(await failureOf(set('nobody', 'OK'))).to.be.instanceOf(ResourceNotFound);
  });

  const NOW = Date.parse('2026-01-31T12:00:00.000Z');
  const withDatum = (fields: object) => ({ Namespace: 'Test', MetricData: [{ MetricName: 'Latency', ...fields }] });
  const many = <Item>(length: number, item: Item) => Array.from({ length }, () => item);
  for (const [title, body, words] of [
    ['1001 metrics', { Namespace: 'n', MetricData: many(1001, { MetricName: 'a', Value: 1 }) }, '1000'],
    ['a name that is not ASCII', withDatum({ MetricName: '遅延', Value: 1 }), 'MetricData/0/MetricName'],
    ['no value', withDatum({}), 'MetricData/0'],
    ['not a number', withDatum({ Value: 'NaN' }), 'Value'],
    ['151 values', withDatum({ Values: many(151, 1) }), '150'],
    ['fewer counts than values', withDatum({ Values: [1, 2], Counts: [1] }), 'Counts'],
    ['31 dimensions', withDatum({ Value: 1, Dimensions: many(31, { Name: 'a', Value: 'b' }) }), '30'],
    ['a unit that is none', withDatum({ Value: 1, Unit: 'ms' }), 'Unit'],
    ['a timestamp of two weeks ago', withDatum({ Value: 1, Timestamp: NOW / 1000 - 14 * 86_400 }), 'two weeks'],
  ] as const) {
    it(`refuses ${title}`, () => {
      expect(() => readPutMetricData(body, NOW)).to.throw(AwsError, words);
    });
  }

  it('puts a minute between its bounds for any time scale, whatever the order of the dimensions', () => {
    const id = { namespace: 'Test', metricName: 'Count' };
    const scale = fc.double({ min: 0.001, max: 10, noNaN: true });
    fc.assert(
      fc.property(scale, fc.integer({ min: 0, max: 2_000_000_000_000 }), (timeScale, timestamp) => {
        const minuteMs = 60_000 * timeScale;
        const store = new MetricStore({ resolutionMs: minuteMs, retentionMs: 10 * minuteMs });
        store.add({ ...id, dimensions: { a: '1', b: '2' }, timestamp, values: new Map([[1, 1]]) });
        const begin = Math.floor(timestamp / minuteMs) * minuteMs;
        const found = [-1, 0, 1].map((minutes) => {
          const from = begin + minutes * minuteMs;
          return store.between({ ...id, dimensions: { b: '2', a: '1' } }, from, from + minuteMs).size;
        });
        expect(found).to.deep.equal([0, 1, 0]);
      }),
    );
  });

  it('knows statistics, percentiles too', () => {
    const hundred = new Map(Array.from({ length: 100 }, (_, index) => [index + 1, 1]));
    const names = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum', 'p0', 'p50', 'p99.5', 'p100'];
    expect(names.map((name) => statistic(name, hundred))).to.deep.equal([100, 5050, 50.5, 1, 100, 1, 50, 100, 100]);
    expect(statistic('Sum', new Map())).to.equal(undefined);
    expect([...names, 'p101', 'tm99', 'sum', 'toString', ''].filter(isStatistic)).to.deep.equal(names);
  });
});

describe('the evaluation of an alarm', () => {
  const rule = { comparison: 'GreaterThanThreshold', threshold: 10 } as const;
  /** Datapoints as AWS's guide writes them: X breaches, 0 does not, - is missing; oldest first. */
  const values = new Map([
    ['X', 20],
    ['0', 0],
  ]);
  const datapoints = (signs: string) =>
    signs.split(' ').map((sign, index) => ({ start: index * 60_000, value: values.get(sign) }));

  it("is AWS's, by the rows of its guide for every way of taking missing data", () => {
    for (const [datapointsToAlarm, signs, ...states] of [
      // missing, ignore, breaching, notBreaching
      [3, '0 - X - X', 'OK', 'OK', 'OK', 'OK'],
      [3, '0 - - - -', 'OK', 'OK', 'OK', 'OK'],
      [3, '- - - - -', 'INSUFFICIENT_DATA', undefined, 'ALARM', 'OK'],
      [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      [3, '- - - - X', 'INSUFFICIENT_DATA', undefined, 'ALARM', 'OK'],
      [3, '- - X - -', 'ALARM', undefined, 'ALARM', 'OK'],
      [3, 'X - - - -', 'ALARM', undefined, 'ALARM', 'OK'],
      [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      [2, '0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
      [2, '- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
      [2, '- - - X -', 'ALARM', undefined, 'ALARM', 'OK'],
      [2, '- - - - X', 'INSUFFICIENT_DATA', undefined, 'ALARM', 'OK'],
    ] as const) {
      const found = MISSING_DATA.map(
        (missingData) =>
          evaluate({ ...rule, evaluationPeriods: 3, datapointsToAlarm, missingData }, datapoints(signs))?.state,
      );
      expect(found, `${datapointsToAlarm} of 3: ${signs}`).to.deep.equal(states);
    }
  });

  it('compares at the threshold as its operator says', () => {
    const one = { ...rule, evaluationPeriods: 1, datapointsToAlarm: 1, missingData: 'missing' } as const;
    for (const [comparison, ...states] of [
      ['GreaterThanThreshold', 'OK', 'OK', 'ALARM'],
      ['GreaterThanOrEqualToThreshold', 'OK', 'ALARM', 'ALARM'],
      ['LessThanThreshold', 'ALARM', 'OK', 'OK'],
    ] as const)
      expect([9, 10, 11].map((value) => evaluate({ ...one, comparison }, [{ start: 0, value }])?.state)).to.deep.equal(
        states,
      );
  });
});

describe('metric math', () => {
  const cases: [text: string, values: Record<string, Value>, expected: Value][] = [
    ['(1 + 2) * 3 - 8 / 4', {}, 7],
    ['m1 + m2', { m1: 1.5, m2: undefined }, undefined],
    ['m1 / m2', { m1: 1, m2: 0 }, undefined],
    ['FILL(m1, 0) + m2', { m1: undefined, m2: 2 }, 2],
    ['FILL(m1, 0)', { m1: 7 }, 7],
    ['IF(ended > 0, 100 * failed / ended, 0)', { ended: 0, failed: 0 }, 0],
    ['(m1 >= 2) + (m1 <= 2) * 2 + (m1 < 2) * 4', { m1: 2 }, 3],
  ];
  it('computes what AWS does of values, of missing ones and of a division by zero', () => {
    for (const [text, values, expected] of cases)
      expect(
        parseExpression(text).compute((id) => values[id]),
        text,
      ).to.equal(expected);
    expect([...parseExpression('IF(a > 0, b / a, FILL(c_1, 0))').ids]).to.have.members(['a', 'b', 'c_1']);
  });

  it('refuses all else', () => {
    const refused = ['', 'm1 +', '(m1', 'm1 m2', 'RATE(m1)', 'SUM([m1])', 'FILL(m1, REPEAT)', 'm1 % 2', 'm1 // 2'];
    for (const text of [...refused, 'FILL', 'this', 'm1.constructor', "SEARCH('{AWS/Lambda}')"])
      expect(() => parseExpression(text), text).to.throw(ExpressionError, text);
  });
});
