import { expect } from 'chai';
import type { Measurement } from '../../../local/aws/cloudwatch/metric-store.ts';
import {
  bedrockMetrics,
  gatewayMetrics,
  lambdaMetrics,
  statesMetrics,
  throttleMetrics,
} from '../../../local/aws/service-metrics.ts';

const stateMachineArn = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:it';
const detailOf = (status: Parameters<typeof statesMetrics>[0]['detail']['status'], stopDate: number | null) => ({
  detail: { executionArn: 'a', stateMachineArn, name: 'a', status, startDate: 1000, stopDate, input: '{}' },
});

/** Name, value, unit and time of each metric with some dimensions; the same for each set of them. */
function shown(measurements: readonly Measurement[], namespace: string, ...dimensions: object[]) {
  const of = dimensions.map((wanted) =>
    measurements
      .filter((each) => JSON.stringify(each.dimensions) === JSON.stringify(wanted))
      .map(({ metricName, values, unit, timestamp }) => [metricName, ...values.keys(), unit, timestamp]),
  );
  for (const each of measurements) expect(each.namespace).to.equal(namespace);
  for (const each of of)
    expect(each)
      .to.deep.equal(of[0])
      .and.to.have.length(measurements.length / of.length);
  return of[0];
}

describe('the metrics of AWS services', () => {
  for (const [status, metricName] of [
    ['SUCCEEDED', 'ExecutionsSucceeded'],
    ['FAILED', 'ExecutionsFailed'],
    ['TIMED_OUT', 'ExecutionsTimedOut'],
    ['ABORTED', 'ExecutionsAborted'],
  ] as const) {
    it(`count an execution that ends as ${status}, at its end, and how long it took`, () => {
      const measured = statesMetrics(Object(detailOf(status, 4500)));
      expect(shown(measured, 'AWS/States', { StateMachineArn: stateMachineArn })).to.deep.equal([
        [metricName, 1, 'Count', 4500],
        ['ExecutionTime', 3500, 'Milliseconds', 4500],
      ]);
    });
  }

  it('count an execution that starts', () => {
    const measured = statesMetrics(Object(detailOf('RUNNING', null)));
    const expected = [['ExecutionsStarted', 1, 'Count', 1000]];
    expect(shown(measured, 'AWS/States', { StateMachineArn: stateMachineArn })).to.deep.equal(expected);
  });

  it('count an invocation of a Lambda by its function and over all, and one that was throttled as nothing else', () => {
    const dimensions = [{ FunctionName: 'goals' }, {}];
    const measured = lambdaMetrics('goals', { hasFailed: true, durationMs: 12.5 }, 7);
    expect(shown(measured, 'AWS/Lambda', ...dimensions)).to.deep.equal([
      ['Invocations', 1, 'Count', 7],
      ['Errors', 1, 'Count', 7],
      ['Throttles', 0, 'Count', 7],
      ['Duration', 12.5, 'Milliseconds', 7],
    ]);
    const throttled = shown(throttleMetrics('goals', 5), 'AWS/Lambda', ...dimensions);
    expect(throttled).to.deep.equal([['Throttles', 1, 'Count', 5]]);
  });

  it('count calls of the AI by what became of them', () => {
    const ofCall = (call: object) =>
      shown(bedrockMetrics(Object({ modelId: 'm', latencyMs: 7, ...call }), 0), 'AWS/Bedrock', { ModelId: 'm' });
    expect(ofCall({ outcome: 'answer', usage: { inputTokens: 3, outputTokens: 4 } })).to.deep.equal([
      ['Invocations', 1, 'Count', 0],
      ['InvocationLatency', 7, 'Milliseconds', 0],
      ['InputTokenCount', 3, 'Count', 0],
      ['OutputTokenCount', 4, 'Count', 0],
    ]);
    expect(ofCall({ outcome: 'busy' })).to.deep.equal([['InvocationThrottles', 1, 'Count', 0]]);
    expect(ofCall({ outcome: 'reset' })).to.deep.equal([]);
  });

  it('count requests to the HTTP API by API, and by stage', () => {
    const dimensions = [{ ApiId: 'api' }, { ApiId: 'api', Stage: '$default' }];
    const measured = gatewayMetrics('api', { status: 503, latencyMs: 30, integrationLatencyMs: 20 }, 0);
    expect(shown(measured, 'AWS/ApiGateway', ...dimensions)).to.deep.equal([
      ['Count', 1, 'Count', 0],
      ['4xx', 0, 'Count', 0],
      ['5xx', 1, 'Count', 0],
      ['Latency', 30, 'Milliseconds', 0],
      ['IntegrationLatency', 20, 'Milliseconds', 0],
    ]);
    const refused = gatewayMetrics('api', { status: 401, latencyMs: 1, integrationLatencyMs: undefined }, 0);
    expect(shown(refused, 'AWS/ApiGateway', ...dimensions)?.map(([name, value]) => [name, value])).to.deep.equal([
      ['Count', 1],
      ['4xx', 1],
      ['5xx', 0],
      ['Latency', 1],
    ]);
  });
});
