import {
  CloudWatchClient,
  InvalidParameterValueException,
  ListMetricsCommand,
  MissingRequiredParameterException,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect } from 'chai';
import { type CloudWatch, startCloudWatch } from '../../../local/aws/cloudwatch/cloudwatch.ts';
import type { Measurement } from '../../../local/aws/cloudwatch/metric-store.ts';
import { failureOf } from '../../support/failure.ts';

describe('the CloudWatch endpoint, with the SDK that the Lambdas use', () => {
  const received: Measurement[] = [];
  let cloudWatch: CloudWatch;
  let client: CloudWatchClient;
  before(async () => {
    cloudWatch = await startCloudWatch({ onData: (measurements) => received.push(...measurements) });
    client = new CloudWatchClient({
      endpoint: cloudWatch.url,
      region: 'ap-northeast-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });
  beforeEach(() => received.splice(0));
  after(async () => {
    client.destroy();
    await cloudWatch.close();
  });

  it('takes a call with values, counts, units, dimensions and times', async () => {
    const Timestamp = new Date(Date.now() - 1000);
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'GoalActivity/dev',
        MetricData: [
          { MetricName: 'Executions', Value: 1, Unit: 'Count', Timestamp },
          { MetricName: 'AiLatency', Values: [1.5, 2.5], Counts: [2, 1], Dimensions: [{ Name: 'Model', Value: 'm' }] },
        ],
      }),
    );
    expect(
      received.map(({ namespace, metricName, dimensions }) => ({ namespace, metricName, dimensions })),
    ).to.deep.equal([
      { namespace: 'GoalActivity/dev', metricName: 'Executions', dimensions: {} },
      { namespace: 'GoalActivity/dev', metricName: 'AiLatency', dimensions: { Model: 'm' } },
    ]);
    expect(received[0]?.timestamp).to.equal(Timestamp.getTime());
    expect(received[1]?.statistics).to.include({ sampleCount: 3, sum: 5.5 });
  });

  it('takes a call that is so large that the SDK compresses it', async () => {
    const MetricData = Array.from({ length: 1000 }, (_, Value) => ({
      MetricName: 'Large',
      Value,
      Unit: 'Count' as const,
    }));
    await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }));
    expect(received).to.have.length(1000);
  });

  it('refuses as CloudWatch does, so that the SDK raises its exceptions', async () => {
    const put = (Namespace: string, MetricName: string | undefined) =>
      failureOf(client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Value: 1 }] })));
    const invalid = await put('AWS/States', 'x');
    expect(invalid).to.be.instanceOf(InvalidParameterValueException);
    expect(invalid.message).to.equal('The value AWS/ for parameter Namespace is invalid.');
    expect(await put('Test', undefined)).to.be.instanceOf(MissingRequiredParameterException);
    expect(received).to.deep.equal([]);
  });

  it('names what it does not know', async () => {
    expect((await failureOf(client.send(new ListMetricsCommand({})))).message).to.include('ListMetrics');
    const answer = await fetch(cloudWatch.url, { method: 'POST', body: 'Action=PutMetricData' });
    expect(answer.status).to.equal(404);
    expect(await answer.text()).to.include('AWS JSON 1.0');
  });

  it('refuses bodies that are no JSON, no gzip, or too large', async () => {
    const post = async (body: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(cloudWatch.url, {
        method: 'POST',
        body,
        headers: { 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData', ...headers },
      });
      return [answer.status, Object.entries(JSON.parse(await answer.text()))[0]?.[1]];
    };
    expect(await post('{')).to.deep.equal([400, 'com.amazonaws.cloudwatch#SerializationException']);
    expect(await post('{}', { 'content-encoding': 'gzip' })).to.deep.equal([
      400,
      'com.amazonaws.cloudwatch#SerializationException',
    ]);
    expect((await post(' '.repeat(1_100_000)))[0]).to.equal(413);
    expect(await post('null')).to.deep.equal([400, 'com.amazonaws.cloudwatch#InvalidParameterValueException']);
  });
});
