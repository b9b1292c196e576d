import type { AnsweredRequest } from '../http/gateway.ts';
import type { EndedCall } from './bedrock/bedrock.ts';
import type { Measurement } from './cloudwatch/metric-store.ts';
import type { StatusEvent } from './step-functions/index.ts';

/** The metrics that AWS's services write on their own, as far as the alarms can look at them. */

type Values = Readonly<Record<string, number>>;

const measure = (
  namespace: string,
  values: Values,
  dimensions: Readonly<Record<string, string>>,
  timestamp: number,
): Measurement[] =>
  Object.entries(values).map(([metricName, value]) => ({
    namespace,
    metricName,
    dimensions,
    timestamp,
    values: new Map([[value, 1]]),
    unit: /Duration|Time|Latency/.test(metricName) ? 'Milliseconds' : 'Count',
  }));

/** Step Functions' metric for each way that an execution can end. */
const ENDED = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
} as const;

/** What Step Functions measures when an execution starts or ends. */
export function statesMetrics({ detail }: Pick<StatusEvent, 'detail'>): Measurement[] {
  const { status, startDate, stopDate, stateMachineArn } = detail;
  const dimensions = { StateMachineArn: stateMachineArn };
  if (status === 'RUNNING') return measure('AWS/States', { ExecutionsStarted: 1 }, dimensions, startDate);
  const end = stopDate ?? startDate;
  return measure('AWS/States', { [ENDED[status]]: 1, ExecutionTime: end - startDate }, dimensions, end);
}

/** What Step Functions measures of a call that it throttled: by operation, whoever called. */
export const statesThrottleMetrics = (operation: string, now: number): Measurement[] =>
  measure('AWS/States', { ThrottledEvents: 1 }, { APIName: operation }, now);

/** What Lambda measures of an invocation: by function, and over all. */
export function lambdaMetrics(
  functionName: string,
  invocation: { readonly hasFailed: boolean; readonly durationMs: number },
  now: number,
): Measurement[] {
  const { hasFailed, durationMs } = invocation;
  const values = { Invocations: 1, Errors: hasFailed ? 1 : 0, Throttles: 0, Duration: durationMs };
  return measureLambda(functionName, values, now);
}

/** What Lambda measures of an invocation that it throttled: it is none. */
export const throttleMetrics = (functionName: string, now: number): Measurement[] =>
  measureLambda(functionName, { Throttles: 1 }, now);

const measureLambda = (functionName: string, values: Values, now: number): Measurement[] =>
  [{ FunctionName: functionName }, {}].flatMap((dimensions) => measure('AWS/Lambda', values, dimensions, now));

/** Bedrock's metric for each way that a call can end; it does not see a connection that it never had. */
const BEDROCK: Readonly<Record<EndedCall['outcome'], string | undefined>> = {
  answer: 'Invocations',
  malformed: 'Invocations',
  cut: 'Invocations',
  empty: 'Invocations',
  reset: undefined,
  gone: undefined,
  throttle: 'InvocationThrottles',
  busy: 'InvocationThrottles',
  error: 'InvocationServerErrors',
  unavailable: 'InvocationServerErrors',
  denied: 'InvocationClientErrors',
};

/** What Bedrock measures of a call: invocations are those that succeeded. */
export function bedrockMetrics({ modelId, outcome, usage, startedAt, endedAt }: EndedCall): Measurement[] {
  const name = BEDROCK[outcome];
  const values = {
    ...(name === undefined ? {} : { [name]: 1 }),
    ...(name === 'Invocations' ? { InvocationLatency: endedAt - startedAt } : {}),
    ...(usage === undefined ? {} : { InputTokenCount: usage.inputTokens, OutputTokenCount: usage.outputTokens }),
  };
  return measure('AWS/Bedrock', values, { ModelId: modelId }, endedAt);
}

/** What API Gateway measures of a request to an HTTP API. */
export function gatewayMetrics(
  apiId: string,
  { status, latencyMs, integrationLatencyMs }: AnsweredRequest,
  now: number,
): Measurement[] {
  const values = {
    Count: 1,
    '4xx': status >= 400 && status < 500 ? 1 : 0,
    '5xx': status >= 500 ? 1 : 0,
    Latency: latencyMs,
    ...(integrationLatencyMs === undefined ? {} : { IntegrationLatency: integrationLatencyMs }),
  };
  return measure('AWS/ApiGateway', values, { ApiId: apiId }, now);
}
