import { randomUUID } from 'node:crypto';
import {
  CloudWatchClient,
  type MetricDatum,
  PutMetricDataCommand,
  type PutMetricDataCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { createClient, handlerLimits, onFirstCall } from '../aws/clients.ts';
import type { Database } from '../aws/database.ts';
import { readEnvironment } from '../aws/environment.ts';
import { describeError } from '../errors.ts';
import { costOf, type Prices, readPrices } from '../execution/cost.ts';
import { claimMetrics, giveMetricsBack } from '../execution/due.ts';
import { Executions, type OnEnded } from '../execution/executions.ts';
import { countOutcomes } from '../execution/outcomes.ts';
import { durationOf } from '../execution/records.ts';
import { errorFields, type Log } from '../log/logger.ts';
import { isSlow } from '../pace/pace.ts';
import type { ExecutionRow, OutcomeRow } from '../types.ts';
import { outOfRetries } from './notification.ts';

/** One metric a final status, so that each has a sum without a dimension. */
const BY_STATUS = {
  SUCCEEDED: 'ExecutionsSucceeded',
  PARTIALLY_SUCCEEDED: 'ExecutionsPartiallySucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
} as const;

/** Distinct values with how often each came; at most 64 here, where CloudWatch takes 150 a call. */
function latencies(outcomes: readonly OutcomeRow[]): MetricDatum[] {
  const known = outcomes.flatMap(({ usage }) => usage?.latencyMs ?? []);
  if (known.length === 0) return [];
  const byValue = Map.groupBy(known, (latencyMs) => latencyMs);
  const Counts = [...byValue.values()].map(({ length }) => length);
  return [{ MetricName: 'AiLatency', Unit: 'Milliseconds', Values: [...byValue.keys()], Counts }];
}

/**
 * The custom metrics of an execution that ended, for one PutMetricData call, without dimensions; their time is the
 * execution's end. The success rate (percent of the actions saved) is left out for an execution that its user cancelled:
 * that says nothing about the system.
 * @param record settled
 */
export function metricData(
  namespace: string,
  record: ExecutionRow,
  outcomes: readonly OutcomeRow[],
  prices: Prices,
): PutMetricDataCommandInput {
  const { total, saved, failed, tasks } = countOutcomes(outcomes);
  const { inputTokens, outputTokens, estimatedUsd } = costOf(outcomes, prices);
  const count = (MetricName: string, Value: number): MetricDatum => ({ MetricName, Unit: 'Count', Value });
  const rated = total > 0 && record.cancelRequestedAt === undefined;
  const data: MetricDatum[] = [
    count('Executions', 1),
    ...Object.entries(BY_STATUS).map(([status, name]) => count(name, record.status === status ? 1 : 0)),
    count('SlowExecutions', isSlow(record) ? 1 : 0),
    ...(rated ? [{ MetricName: 'SuccessRate', Unit: 'Percent' as const, Value: (100 * saved) / total }] : []),
    { MetricName: 'ExecutionDuration', Unit: 'Milliseconds', Value: durationOf(record) },
    count('ActionFailures', failed),
    count('ActionFailuresOutOfRetries', outcomes.filter(outOfRetries).length),
    count('TasksSaved', tasks),
    ...latencies(outcomes),
    count('InputTokens', inputTokens),
    count('OutputTokens', outputTokens),
    { MetricName: 'EstimatedCost', Unit: 'None', Value: estimatedUsd },
  ];
  const Timestamp = new Date(record.stoppedAt ?? record.startedAt);
  return { Namespace: namespace, MetricData: data.map((datum) => ({ ...datum, Timestamp })) };
}

/** Node's codes for a call that reached nobody. */
const UNREACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * True when CloudWatch certainly counted nothing, and may take the same later: it was not reached, or said that it is
 * busy. After a time-out, a broken connection or any other fault it may have counted, so these are false.
 */
function isRefusedForNow(thrown: unknown): boolean {
  const { code, $metadata }: { code?: unknown; $metadata?: { httpStatusCode?: number } } = Object(thrown);
  const status = $metadata?.httpStatusCode;
  return (
    UNREACHED.has(String(code)) || status === 429 || status === 503 || describeError(thrown).name.startsWith('Throttl')
  );
}

/**
 * Makes the function that writes the metrics of a settled execution, once, however many callers find them unwritten. The
 * record says `sent` before the one attempt: a process that dies in that moment, or an answer that does not come in
 * time, loses them, and nothing counts them twice. What CloudWatch refused for now is left to the sweep.
 * A failure is logged and goes no further: numbers for a dashboard must not fail a step.
 */
export function createMetricsWriter(options: {
  readonly db: Database;
  readonly namespace: string;
  readonly prices: Prices;
  readonly log: Log;
  /** One attempt. */
  readonly put: (input: PutMetricDataCommandInput) => Promise<unknown>;
}): OnEnded {
  const { db, namespace, prices, log, put } = options;
  const executions = new Executions(db);
  return async (record, outcomes) => {
    const { executionArn, goalId } = record;
    const writer = randomUUID();
    let isAttempted = false;
    try {
      try {
        if (!(await claimMetrics(executions, executionArn, writer))) return;
        isAttempted = true;
        await put(metricData(namespace, record, outcomes, prices));
      } catch (thrown) {
        // The note may be there even when no answer to it came.
        if (!isAttempted || isRefusedForNow(thrown)) await giveMetricsBack(executions, executionArn, writer);
        throw thrown;
      }
    } catch (thrown) {
      log.error('metrics could not be written', { executionArn, goalId, ...errorFields(thrown) });
    }
  };
}

/** A kept connection may have been closed meanwhile: that would break the one attempt, and nobody could say whether it counted. */
const ONE_CALL = { keepAlive: false };

/** For every Lambda that writes the metrics of what was settled. @throws Error naming what the environment lacks */
export function wireMetrics(log: Log, db: Database): OnEnded {
  const { METRICS_NAMESPACE: namespace } = readEnvironment(['METRICS_NAMESPACE']);
  const client = onFirstCall(() =>
    createClient(CloudWatchClient, {
      maxAttempts: 1,
      requestHandler: { ...handlerLimits(), httpAgent: ONE_CALL, httpsAgent: ONE_CALL },
    }),
  );
  const put = (input: PutMetricDataCommandInput) => client.send(new PutMetricDataCommand(input));
  return createMetricsWriter({ db, namespace, prices: readPrices(), log, put });
}
