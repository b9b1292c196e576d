import { expect } from 'chai';
import type { Measurement } from '../../../local/aws/cloudwatch/metric-store.ts';
import {
  bedrockMetrics,
  gatewayMetrics,
  lambdaMetrics,
  statesMetrics,
  throttleMetrics,
} from '../../../local/aws/service-metrics.ts';
import { statusEvent } from '../../../local/aws/step-functions/status-event.ts';
import type { ExecutionRecord } from '../../../local/aws/step-functions/store.ts';

const STATE_MACHINE = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:it';
const record: ExecutionRecord = {
  executionArn: `${STATE_MACHINE.replace(':stateMachine:', ':execution:')}:a`,
  name: 'a',
  stateMachineAliasArn: `${STATE_MACHINE}:live`,
  input: '{}',
  startDate: 1000,
  status: 'RUNNING',
  stopDate: undefined,
  output: undefined,
  error: undefined,
  cause: undefined,
  stateEntries: 0,
};

/** Value and dimensions of each metric. */
const shown = (measurements: readonly Measurement[]) =>
  measurements.map(({ metricName, values, dimensions }) => [metricName, ...values.keys(), dimensions]);

describe('the metrics of AWS services', () => {
  it('count an execution that starts, by the state machine also where an alias was started', () => {
    const measurements = statesMetrics(statusEvent(record, STATE_MACHINE));
    expect(shown(measurements)).to.deep.equal([['ExecutionsStarted', 1, { StateMachineArn: STATE_MACHINE }]]);
    expect(measurements[0]).to.include({ namespace: 'AWS/States', timestamp: 1000, unit: 'Count' });
  });

  for (const [status, metricName] of [
    ['SUCCEEDED', 'ExecutionsSucceeded'],
    ['FAILED', 'ExecutionsFailed'],
    ['TIMED_OUT', 'ExecutionsTimedOut'],
    ['ABORTED', 'ExecutionsAborted'],
  ] as const) {
    it(`count an execution that ends as ${status}, at its end, and how long it took`, () => {
      const measurements = statesMetrics(statusEvent({ ...record, status, stopDate: 4500 }, STATE_MACHINE));
      expect(shown(measurements).map(([name, sum]) => [name, sum])).to.deep.equal([
        [metricName, 1],
        ['ExecutionTime', 3500],
      ]);
      expect(measurements.map(({ timestamp, unit }) => [timestamp, unit])).to.deep.equal([
        [4500, 'Count'],
        [4500, 'Milliseconds'],
      ]);
    });
  }

  it('count an invocation of a Lambda by its function, and over all', () => {
    const values = { Invocations: 1, Errors: 1, Throttles: 0, Duration: 12.5 };
    const expected = [{ FunctionName: 'goals' }, {}].flatMap((dimensions) =>
      Object.entries(values).map(([name, value]) => [name, value, dimensions]),
    );
    expect(shown(lambdaMetrics('goals', { hasFailed: true, durationMs: 12.5 }, 0))).to.deep.equal(expected);
    expect(shown(lambdaMetrics('goals', { hasFailed: false, durationMs: 1 }, 0))[1]).to.deep.equal([
      'Errors',
      0,
      { FunctionName: 'goals' },
    ]);
  });

  it('count an invocation that was throttled as that, and as nothing else', () => {
    expect(shown(throttleMetrics('goals', 5))).to.deep.equal([
      ['Throttles', 1, { FunctionName: 'goals' }],
      ['Throttles', 1, {}],
    ]);
    expect(throttleMetrics('goals', 5)[0]).to.include({ namespace: 'AWS/Lambda', timestamp: 5, unit: 'Count' });
  });

  it('count calls of the AI by what became of them', () => {
    const call = { modelId: 'm', latencyMs: 7 } as const;
    const ModelId = { ModelId: 'm' };
    expect(
      shown(bedrockMetrics({ ...call, outcome: 'answer', usage: { inputTokens: 3, outputTokens: 4 } }, 0)),
    ).to.deep.equal([
      ['Invocations', 1, ModelId],
      ['InvocationLatency', 7, ModelId],
      ['InputTokenCount', 3, ModelId],
      ['OutputTokenCount', 4, ModelId],
    ]);
    const names = (
      ['throttle', 'busy', 'error', 'unavailable', 'denied', 'malformed', 'cut', 'empty', 'reset'] as const
    ).map((outcome) => bedrockMetrics({ ...call, outcome }, 0)[0]?.metricName);
    expect(names).to.deep.equal([
      'InvocationThrottles',
      'InvocationThrottles',
      'InvocationServerErrors',
      'InvocationServerErrors',
      'InvocationClientErrors',
      'Invocations',
      'Invocations',
      'Invocations',
      undefined,
    ]);
  });

  it('count requests to the HTTP API by API, and by stage', () => {
    const one = shown(gatewayMetrics('api', { status: 503, latencyMs: 30, integrationLatencyMs: 20 }, 0));
    expect(one).to.deep.include.members([
      ['Count', 1, { ApiId: 'api' }],
      ['5xx', 1, { ApiId: 'api' }],
      ['4xx', 0, { ApiId: 'api' }],
      ['Latency', 30, { ApiId: 'api' }],
      ['IntegrationLatency', 20, { ApiId: 'api' }],
      ['5xx', 1, { ApiId: 'api', Stage: '$default' }],
    ]);
    const refused = shown(gatewayMetrics('api', { status: 401, latencyMs: 1, integrationLatencyMs: undefined }, 0));
    expect(refused).to.deep.include(['4xx', 1, { ApiId: 'api' }]);
    expect(refused.map(([name]) => name)).not.to.include('IntegrationLatency');
  });
});
