import {
  CloudWatchClient,
  InvalidParameterValueException,
  ListMetricsCommand,
  MissingRequiredParameterException,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect } from 'chai';
import fc from 'fast-check';
import { createCloudWatch } from '../../../local/aws/cloudwatch/cloudwatch.ts';
import { readPutMetricData } from '../../../local/aws/cloudwatch/put-metric-data.ts';
import { AwsError } from '../../../local/aws/endpoint.ts';
import { failureOf } from '../../support/failure.ts';
import { clientConfig, signedFor, useEndpoints } from '../aws/clients.ts';

describe('CloudWatch, with the SDK that the Lambdas use', () => {
  const endpoints = useEndpoints();
  async function start() {
    const sns = { publish: () => ({ messageId: '' }) };
    const cloudWatch = createCloudWatch({ alarms: [], sns, timeScale: 1, onFailure: () => undefined });
    const url = await endpoints.start({ monitoring: cloudWatch.service });
    const client = new CloudWatchClient(clientConfig(url));
    endpoints.onClose(() => client.destroy());
    return { cloudWatch, url, client };
  }

  it('takes values, counts, units, dimensions and times, compressed when they are many', async () => {
    const { cloudWatch, client } = await start();
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
    expect(executions?.last.timestamp).to.equal(Timestamp.toISOString());
    expect(latency).to.deep.include({ sampleCount: 3, sum: 5.5, dimensions: { Model: 'm' } });
    expect(large?.sampleCount).to.equal(998);
  });

  it('refuses as CloudWatch does, so that the SDK raises its exceptions, and names what it does not know', async () => {
    const { cloudWatch, client } = await start();
    const put = (Namespace: string, MetricName: string | undefined) =>
      failureOf(client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Value: 1 }] })));
    expect(await put('AWS/States', 'x')).to.be.instanceOf(InvalidParameterValueException);
    expect(await put('Test', undefined)).to.be.instanceOf(MissingRequiredParameterException);
    expect((await failureOf(client.send(new ListMetricsCommand({})))).message).to.include('ListMetrics');
    expect(cloudWatch.metrics()).to.deep.equal({});
  });

  it('refuses bodies that are no JSON, or no gzip', async () => {
    const { url } = await start();
    const target = { 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData', ...signedFor('monitoring') };
    for (const headers of [target, { ...target, 'content-encoding': 'gzip' }]) {
      const answer = await fetch(url, { method: 'POST', body: '{', headers });
      expect([answer.status, await answer.text()].join(' ')).to.match(/^400 .*SerializationException/);
    }
  });
});

describe('readPutMetricData', () => {
  const NOW = Date.parse('2026-01-31T12:00:00.000Z');
  const datum = { MetricName: 'Latency', Value: 1 };
  const read = (body: unknown) => readPutMetricData(body, NOW);
  const withDatum = (fields: object) => ({ Namespace: 'Test', MetricData: [{ ...datum, ...fields }] });
  const values = (fields: object) => ({ Namespace: 'Test', MetricData: [{ MetricName: 'Latency', ...fields }] });
  const text = (length: number) => 'x'.repeat(length);
  const many = <Item>(length: number, item: (index: number) => Item) => Array.from({ length }, (_, at) => item(at));
  const dimension = (index: number) => ({ Name: `d${index}`, Value: text(1024) });

  it('takes everything at its limit', () => {
    const full = { MetricName: text(255), Dimensions: many(30, dimension), Values: many(150, (index) => index) };
    expect(read({ Namespace: text(255), MetricData: [full] })[0]?.values.size).to.equal(150);
    expect(read({ Namespace: 'n', MetricData: many(1000, () => datum) })).to.have.length(1000);
    const times = [NOW / 1000 - 14 * 86_400 + 1, NOW / 1000 + 7199];
    for (const Timestamp of times) expect(read(withDatum({ Timestamp, Value: 2 ** 360 }))).to.have.length(1);
  });

  const [MISSING, INVALID, COMBINED] = [
    'MissingRequiredParameter',
    'InvalidParameterValue',
    'InvalidParameterCombination',
  ];
  for (const [title, body, name, words] of [
    ['no namespace', { MetricData: [datum] }, MISSING, 'Namespace'],
    ['a namespace of AWS', { Namespace: 'AWS/States', MetricData: [datum] }, INVALID, 'Namespace'],
    ['no data', { Namespace: 'n', MetricData: [] }, MISSING, 'MetricData'],
    ['1001 metrics', { Namespace: 'n', MetricData: many(1001, () => datum) }, INVALID, '1000'],
    ['no name', withDatum({ MetricName: '' }), MISSING, 'MetricData.member.1.MetricName'],
    ['a name that is not ASCII', withDatum({ MetricName: '遅延' }), INVALID, 'MetricName'],
    ['a name that is too long', withDatum({ MetricName: text(256) }), INVALID, '255'],
    ['no value', values({}), MISSING, 'MetricData.member.1.Value'],
    ['not a number', withDatum({ Value: 'NaN' }), INVALID, 'Value'],
    ['a value that is too large', withDatum({ Value: 2 ** 361 }), INVALID, 'Value'],
    ['both a value and values', withDatum({ Values: [1] }), COMBINED, 'mutually exclusive'],
    ['counts without values', withDatum({ Counts: [1] }), COMBINED, 'Counts'],
    ['151 values', values({ Values: many(151, () => 1) }), INVALID, '150'],
    ['fewer counts than values', values({ Values: [1, 2], Counts: [1] }), INVALID, 'size'],
    ['a count of nothing', values({ Values: [1], Counts: [0] }), INVALID, 'Counts.member.1'],
    ['31 dimensions', withDatum({ Dimensions: many(31, dimension) }), INVALID, '30'],
    ['a dimension twice', withDatum({ Dimensions: [dimension(1), dimension(1)] }), INVALID, 'twice'],
    ['a dimension without a value', withDatum({ Dimensions: [{ Name: 'a', Value: '' }] }), MISSING, 'member.1.Value'],
    ['a unit that is none', withDatum({ Unit: 'ms' }), INVALID, 'Unit'],
    ['a timestamp of two weeks ago', withDatum({ Timestamp: NOW / 1000 - 14 * 86_400 }), INVALID, 'two weeks'],
    ['a timestamp two hours ahead', withDatum({ Timestamp: NOW / 1000 + 7201 }), INVALID, 'two hours'],
    [
      'what it would ignore',
      { Namespace: 'n', MetricData: [datum], EntityMetricData: [] },
      INVALID,
      'EntityMetricData',
    ],
  ] as const) {
    it(`refuses ${title}`, () => {
      expect(() => read(body))
        .to.throw(AwsError, words)
        .with.property('name', `${name}Exception`);
    });
  }

  it('reads or refuses any body', () => {
    const MetricData = fc.oneof(fc.anything(), fc.array(fc.object()));
    fc.assert(
      fc.property(fc.record({ Namespace: fc.anything(), MetricData }, { requiredKeys: [] }), (given) => {
        try {
          read(given);
        } catch (error) {
          expect(error).to.be.instanceOf(AwsError);
        }
      }),
    );
  });
});
