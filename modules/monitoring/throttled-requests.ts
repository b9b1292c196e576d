import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** Our own metric of the requests that API Gateway refused with 429; it has values only where there are such. */
export const THROTTLED_REQUESTS = 'ThrottledRequests';

/**
 * Counts the requests that API Gateway throttled in the access log: an HTTP API has no metric for them, only `4xx`. A 429
 * that a function answered (a person who has too many executions running) went through the integration, and is not one of
 * them; `-` stands for what there is not. No default value: a metric is billed for the hours in which it has values.
 *
 * AWS may leave out "excessive" 429 in logs and metrics alike (API Gateway guide, "Monitor HTTP APIs"): this counts at most
 * what there was.
 * @param accessLogs name of the API's log group, whose lines are modules/api/http-api.ts' ACCESS_LOG
 */
export function countThrottledRequests(scope: Construct, { metricsNamespace }: Names, accessLogs: string): void {
  new CloudwatchLogMetricFilter(scope, 'throttled-requests', {
    name: 'throttled-requests',
    logGroupName: accessLogs,
    pattern: '{ ($.status = "429") && ($.integrationLatencyMs = "-") }',
    metricTransformation: { namespace: metricsNamespace, name: THROTTLED_REQUESTS, value: '1', unit: 'Count' },
  });
}
