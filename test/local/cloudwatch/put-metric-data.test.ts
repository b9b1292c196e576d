import { expect } from 'chai';
import fc from 'fast-check';
import { CloudWatchError } from '../../../local/aws/cloudwatch/errors.ts';
import { readPutMetricData } from '../../../local/aws/cloudwatch/put-metric-data.ts';

const NOW = Date.parse('2026-01-31T12:00:00.000Z');
const datum = { MetricName: 'Latency', Value: 1 };
const read = (body: unknown) => readPutMetricData(body, NOW);
const withDatum = (fields: object) => ({ Namespace: 'Test', MetricData: [{ ...datum, ...fields }] });
const text = (length: number) => 'x'.repeat(length);

describe('readPutMetricData', () => {
  it('reads a value, values with counts, and a statistic set', () => {
    const measurements = read({
      Namespace: 'GoalActivity/dev',
      MetricData: [
        { MetricName: 'Executions', Value: 2, Unit: 'Count', Timestamp: NOW / 1000 - 60 },
        { MetricName: 'AiLatency', Values: [100, 200], Counts: [3, 1], Dimensions: [{ Name: 'a', Value: 'b' }] },
        { MetricName: 'AiLatency', StatisticValues: { SampleCount: 2, Sum: 9, Minimum: 4, Maximum: 5 } },
      ],
    });
    expect(measurements.map(({ metricName, dimensions, unit }) => [metricName, dimensions, unit])).to.deep.equal([
      ['Executions', {}, 'Count'],
      ['AiLatency', { a: 'b' }, undefined],
      ['AiLatency', {}, undefined],
    ]);
    expect(measurements.map(({ timestamp }) => timestamp)).to.deep.equal([NOW - 60_000, NOW, NOW]);
    expect(measurements.map(({ statistics: { sum, sampleCount } }) => [sum, sampleCount])).to.deep.equal([
      [2, 1],
      [500, 4],
      [9, 2],
    ]);
  });

  it('takes everything at its limit', () => {
    const full = {
      MetricName: text(255),
      Dimensions: Array.from({ length: 30 }, (_, index) => ({ Name: `d${index}`, Value: text(1024) })),
      Values: Array.from({ length: 150 }, (_, index) => index),
    };
    expect(read({ Namespace: text(255), MetricData: [full] })).to.have.length(1);
    expect(read({ Namespace: 'n', MetricData: Array.from({ length: 1000 }, () => datum) })).to.have.length(1000);
    expect(read(withDatum({ Value: 2 ** 360 }))).to.have.length(1);
    expect(read(withDatum({ Timestamp: NOW / 1000 - 14 * 86_400 + 1 }))).to.have.length(1);
    expect(read(withDatum({ Timestamp: NOW / 1000 + 7199 }))).to.have.length(1);
  });

  const none = { Value: undefined };
  const refused: Record<string, [body: unknown, name: string, words: string]> = {
    'no namespace': [{ MetricData: [datum] }, 'MissingRequiredParameter', 'Namespace'],
    'a namespace of AWS': [{ Namespace: 'AWS/States', MetricData: [datum] }, 'InvalidParameterValue', 'AWS/'],
    'a namespace that is too long': [{ Namespace: text(256), MetricData: [datum] }, 'InvalidParameterValue', '255'],
    'no data': [{ Namespace: 'n', MetricData: [] }, 'MissingRequiredParameter', 'MetricData'],
    '1001 metrics': [
      { Namespace: 'n', MetricData: Array.from({ length: 1001 }, () => datum) },
      'InvalidParameterValue',
      '1000',
    ],
    'no name': [withDatum({ MetricName: '' }), 'MissingRequiredParameter', 'MetricData.member.1.MetricName'],
    'a name that is not ASCII': [withDatum({ MetricName: '遅延' }), 'InvalidParameterValue', 'MetricName'],
    'no value': [withDatum(none), 'MissingRequiredParameter', 'MetricData.member.1.Value'],
    'not a number': [withDatum({ Value: 'NaN' }), 'InvalidParameterValue', 'NaN'],
    'a value that is too large': [withDatum({ Value: 2 ** 361 }), 'InvalidParameterValue', 'Value'],
    'both a value and values': [withDatum({ Values: [1] }), 'InvalidParameterCombination', 'mutually exclusive'],
    'counts without values': [withDatum({ Counts: [1] }), 'InvalidParameterCombination', 'Counts'],
    '151 values': [
      withDatum({ ...none, Values: Array.from({ length: 151 }, () => 1) }),
      'InvalidParameterValue',
      '150',
    ],
    'fewer counts than values': [withDatum({ ...none, Values: [1, 2], Counts: [1] }), 'InvalidParameterValue', 'size'],
    'a count of nothing': [
      withDatum({ ...none, Values: [1], Counts: [0] }),
      'InvalidParameterValue',
      'Counts.member.1',
    ],
    '31 dimensions': [
      withDatum({ Dimensions: Array.from({ length: 31 }, (_, index) => ({ Name: `d${index}`, Value: 'v' })) }),
      'InvalidParameterValue',
      '30',
    ],
    'a dimension without a value': [
      withDatum({ Dimensions: [{ Name: 'a', Value: '' }] }),
      'MissingRequiredParameter',
      'Dimensions.member.1.Value',
    ],
    'a unit that is none': [withDatum({ Unit: 'ms' }), 'InvalidParameterValue', 'Unit'],
    'a timestamp of two weeks ago': [
      withDatum({ Timestamp: NOW / 1000 - 14 * 86_400 }),
      'InvalidParameterValue',
      'two',
    ],
    'a timestamp two hours ahead': [withDatum({ Timestamp: NOW / 1000 + 7201 }), 'InvalidParameterValue', 'two hours'],
    'a resolution that is none': [withDatum({ StorageResolution: 30 }), 'InvalidParameterValue', 'StorageResolution'],
    'what the local CloudWatch would ignore': [
      { Namespace: 'n', MetricData: [datum], EntityMetricData: [] },
      'InvalidParameterValue',
      'EntityMetricData',
    ],
  };
  for (const [title, [body, name, words]] of Object.entries(refused)) {
    it(`refuses ${title}`, () => {
      expect(() => read(body))
        .to.throw(CloudWatchError, words)
        .with.property('name', `${name}Exception`);
    });
  }

  it('reads or refuses any body', () => {
    const body = fc.record(
      { Namespace: fc.anything(), MetricData: fc.oneof(fc.anything(), fc.array(fc.object())) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(body, fc.anything()), (given) => {
        try {
          read(given);
        } catch (error) {
          expect(error).to.be.instanceOf(CloudWatchError);
        }
      }),
    );
  });
});
