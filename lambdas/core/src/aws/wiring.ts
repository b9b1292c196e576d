import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Prices } from '../execution/cost.ts';
import { createEndRecorder } from '../execution/ended.ts';
import type { Log } from '../log/logger.ts';
import { createMetricsWriter } from '../log/metrics.ts';
import { type AlertTools, SNS_LIMITS } from '../workflow/notify.ts';
import type { RepairTools } from '../workflow/repair.ts';
import type { SweepTools } from '../workflow/report.ts';
import type { OnEnded } from '../workflow/settle.ts';
import { createStartTools, type StartTools } from '../workflow/start.ts';
import { createWorkflow } from '../workflow/workflow.ts';
import { createClient, handlerLimits } from './clients.ts';
import { createDatabase, type Database } from './database.ts';
import { readEnvironment, readNumbers } from './environment.ts';

/** What several handlers make at their start: each reads its part of the environment, and throws naming what is missing. */

export function wirePrices(): Prices {
  const prices = readNumbers(['USD_PER_MILLION_INPUT_TOKENS', 'USD_PER_MILLION_OUTPUT_TOKENS']);
  return { input: prices.USD_PER_MILLION_INPUT_TOKENS, output: prices.USD_PER_MILLION_OUTPUT_TOKENS };
}

/** A kept connection may have been closed meanwhile: that would break the one attempt, and nobody could say whether it counted. */
const ONE_CALL = { keepAlive: false };

/** For every Lambda that writes the metrics of what was settled. */
export function wireMetrics(log: Log, db: Database): OnEnded {
  const { METRICS_NAMESPACE: namespace } = readEnvironment(['METRICS_NAMESPACE']);
  const client = createClient(CloudWatchClient, {
    maxAttempts: 1,
    requestHandler: { ...handlerLimits(), httpAgent: ONE_CALL, httpsAgent: ONE_CALL },
  });
  const put = (input: ConstructorParameters<typeof PutMetricDataCommand>[0]) =>
    client.send(new PutMetricDataCommand(input));
  return createMetricsWriter({ db, namespace, prices: wirePrices(), log, put });
}

/** The tables that settling needs. */
export function wireTables(): Database {
  const environment = readEnvironment(['GOALS_TABLE', 'TASKS_TABLE', 'EXECUTIONS_TABLE']);
  return createDatabase({
    goals: environment.GOALS_TABLE,
    tasks: environment.TASKS_TABLE,
    executions: environment.EXECUTIONS_TABLE,
  });
}

/** For every Lambda that sends alerts itself. */
export function wireAlerts(db: Database): AlertTools {
  const environment = readEnvironment(['ALERTS_TOPIC_ARN', 'RUNBOOK_URL']);
  return {
    db,
    sns: createClient(SNSClient, { maxAttempts: SNS_LIMITS.attempts }),
    alertsTopicArn: environment.ALERTS_TOPIC_ARN,
    runbookUrl: environment.RUNBOOK_URL,
    clock: () => new Date(),
  };
}

/** For every Lambda that repairs executions which a crash left half done. */
export function wireRepair(log: Log): RepairTools {
  const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
  const limits = readNumbers(['START_GRACE_MS', 'EXECUTION_TIMEOUT_MS']);
  return {
    db: wireTables(),
    workflow: createWorkflow(stateMachineArn),
    log,
    startGraceMs: limits.START_GRACE_MS,
    executionTimeoutMs: limits.EXECUTION_TIMEOUT_MS,
    onEnded: createEndRecorder(log),
  };
}

/** For the sweep. */
export function wireSweep(log: Log): SweepTools {
  const repairTools = wireRepair(log);
  const writeMetrics = wireMetrics(log, repairTools.db);
  return {
    ...repairTools,
    ...wireAlerts(repairTools.db),
    writeMetrics,
    onEnded: createEndRecorder(log, writeMetrics),
  };
}

/** For every Lambda that starts executions. */
export function wireStart(log: Log): StartTools {
  const { MAX_RUNNING_EXECUTIONS: maxRunning } = readNumbers(['MAX_RUNNING_EXECUTIONS']);
  return createStartTools(wireRepair(log), maxRunning);
}
