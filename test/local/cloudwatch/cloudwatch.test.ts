import { CloudWatchClient, InvalidParameterValueException, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { expect } from 'chai';
import { createCloudWatch } from '../../../local/aws/cloudwatch/cloudwatch.ts';
import { readPutMetricData } from '../../../local/aws/cloudwatch/put-metric-data.ts';
import { AwsError } from '../../../local/aws/endpoint.ts';
import { failureOf } from '../../support/failure.ts';
import { clientConfig, useEndpoints } from '../aws/clients.ts';

describe('CloudWatch', () => {
  const endpoints = useEndpoints();

  it('takes values, counts, units, dimensions and times, compressed when they are many, and refuses to the SDK', async () => {
    const sns = { publish: () => ({ messageId: '' }) };
    const cloudWatch = createCloudWatch({ alarms: [], sns, timeScale: 1, onFailure: () => undefined });
    const client = new CloudWatchClient(clientConfig(await endpoints.start({ monitoring: cloudWatch.service })));
    endpoints.onClose(() => client.destroy());
    const Timestamp = new Date(Date.now() - 1000);
    const Dimensions = [{ Name: 'Model', Value: 'm' }];
    const MetricData = [
      { MetricName: 'Executions', Value: 1, Unit: 'Count' as const, Timestamp },
      { MetricName: 'AiLatency', Values: [1.5, 2.5], Counts: [2, 1], Dimensions },
      ...Array.from({ length: 998 }, (_, Value) => ({ MetricName: 'Large', Value })),
    ];
    await client.send(new PutMetricDataCommand({ Namespace: 'GoalActivity/dev', MetricData }));
    const [executions, latency, large] = cloudWatch.metrics()['GoalActivity/dev'] ?? [];
    expect(executions).to.deep.include({ metricName: 'Executions', unit: 'Count', sum: 1, dimensions: {} });
    expect(latency).to.deep.include({ sampleCount: 3, sum: 5.5, dimensions: { Model: 'm' } });
    expect(large?.sampleCount).to.equal(998);
    const refused = client.send(new PutMetricDataCommand({ Namespace: 'AWS/States', MetricData }));
    expect(await failureOf(refused)).to.be.instanceOf(InvalidParameterValueException);
  });

  const NOW = Date.parse('2026-01-31T12:00:00.000Z');
  const withDatum = (fields: object) => ({ Namespace: 'Test', MetricData: [{ MetricName: 'Latency', ...fields }] });
  const many = <Item>(length: number, item: Item) => Array.from({ length }, () => item);
  for (const [title, body, words] of [
    ['1001 metrics', { Namespace: 'n', MetricData: many(1001, { MetricName: 'a', Value: 1 }) }, '1000'],
    ['a name that is not ASCII', withDatum({ MetricName: '遅延', Value: 1 }), 'MetricData/0/MetricName'],
    ['no value', withDatum({}), 'MetricData/0'],
    ['not a number', withDatum({ Value: 'NaN' }), 'Value'],
    ['both a value and values', withDatum({ Value: 1, Values: [1] }), 'MetricData/0'],
    ['151 values', withDatum({ Values: many(151, 1) }), '150'],
    ['fewer counts than values', withDatum({ Values: [1, 2], Counts: [1] }), 'Counts'],
    ['a count of nothing', withDatum({ Values: [1], Counts: [0] }), 'Counts/0'],
    ['31 dimensions', withDatum({ Value: 1, Dimensions: many(31, { Name: 'a', Value: 'b' }) }), '30'],
    ['an empty dimension', withDatum({ Value: 1, Dimensions: [{ Name: 'a', Value: '' }] }), 'Dimensions/0/Value'],
    ['a unit that is none', withDatum({ Value: 1, Unit: 'ms' }), 'Unit'],
    ['a timestamp of two weeks ago', withDatum({ Value: 1, Timestamp: NOW / 1000 - 14 * 86_400 }), 'two weeks'],
  ] as const) {
    it(`refuses ${title}`, () => {
      expect(() => readPutMetricData(body, NOW)).to.throw(AwsError, words);
    });
  }
});
