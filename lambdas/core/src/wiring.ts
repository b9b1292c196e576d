import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SNSClient } from '@aws-sdk/client-sns';
import { createClient } from './clients.ts';
import type { Prices } from './cost.ts';
import { createDatabase } from './database.ts';
import { createEndRecorder } from './ended.ts';
import { readEnvironment, readNumbers } from './environment.ts';
import type { Log } from './logger.ts';
import { createMetricsWriter } from './metrics.ts';
import type { AlertTools } from './notify.ts';
import type { RepairTools } from './repair.ts';
import type { OnEnded } from './settle.ts';
import { createStartTools, type StartTools } from './start.ts';
import { createWorkflow } from './workflow.ts';

/** What several handlers make at their start: each reads its part of the environment, and throws naming what is missing. */

export function wirePrices(): Prices {
  const prices = readNumbers(['USD_PER_MILLION_INPUT_TOKENS', 'USD_PER_MILLION_OUTPUT_TOKENS']);
  return { input: prices.USD_PER_MILLION_INPUT_TOKENS, output: prices.USD_PER_MILLION_OUTPUT_TOKENS };
}

/** For every Lambda that settles. Metrics are sent once: a first attempt that was only late would count beside a second. */
export function wireEnd(log: Log): OnEnded {
  const { METRICS_NAMESPACE: namespace } = readEnvironment(['METRICS_NAMESPACE']);
  const client = createClient(CloudWatchClient, { maxAttempts: 1 });
  const put = (input: ConstructorParameters<typeof PutMetricDataCommand>[0]) =>
    client.send(new PutMetricDataCommand(input));
  return createEndRecorder(log, createMetricsWriter({ namespace, prices: wirePrices(), log, put }));
}

/** For every Lambda that sends alerts itself; with the tables that settling needs. */
export function wireAlerts(): AlertTools {
  const environment = readEnvironment([
    'GOALS_TABLE',
    'TASKS_TABLE',
    'EXECUTIONS_TABLE',
    'ALERTS_TOPIC_ARN',
    'RUNBOOK_URL',
  ]);
  return {
    db: createDatabase({
      goals: environment.GOALS_TABLE,
      tasks: environment.TASKS_TABLE,
      executions: environment.EXECUTIONS_TABLE,
    }),
    sns: createClient(SNSClient),
    alertsTopicArn: environment.ALERTS_TOPIC_ARN,
    runbookUrl: environment.RUNBOOK_URL,
  };
}

/** For every Lambda that repairs executions which a crash left half done. */
export function wireRepair(log: Log): RepairTools {
  const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
  const limits = readNumbers(['START_GRACE_MS', 'EXECUTION_TIMEOUT_MS']);
  return {
    ...wireAlerts(),
    workflow: createWorkflow(stateMachineArn),
    log,
    startGraceMs: limits.START_GRACE_MS,
    executionTimeoutMs: limits.EXECUTION_TIMEOUT_MS,
    onEnded: wireEnd(log),
  };
}

/** For every Lambda that starts executions. */
export function wireStart(log: Log): StartTools {
  const { MAX_RUNNING_EXECUTIONS: maxRunning } = readNumbers(['MAX_RUNNING_EXECUTIONS']);
  return createStartTools(wireRepair(log), maxRunning);
}
