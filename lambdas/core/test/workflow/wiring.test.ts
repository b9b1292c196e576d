import { PublishCommand } from '@aws-sdk/client-sns';
import { expect } from 'chai';
import sinon from 'sinon';
import { CLIENT_LIMITS } from '../../src/aws/clients.ts';
import { createDatabase } from '../../src/aws/database.ts';
import { readPrices } from '../../src/execution/cost.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { createAlertClient, SNS_LIMITS, wireAlerts } from '../../src/report/alert.ts';
import { wireMetrics } from '../../src/report/metrics.ts';
import { wireRepair, wireStart } from '../../src/workflow/wiring.ts';
import { refused, useAwsServer } from '../support/aws-server.ts';
import { intercepted } from '../support/failing.ts';
import { executionRow, outcomeRow } from '../support/rows.ts';

const ALL = {
  AWS_REGION: 'ap-northeast-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  GOALS_TABLE: 'goals-table',
  TASKS_TABLE: 'tasks-table',
  EXECUTIONS_TABLE: 'executions-table',
  ALERTS_TOPIC_ARN: 'topic',
  RUNBOOK_URL: 'https://example.com/runbook',
  MESSAGE_LANGUAGE: 'ja',
  METRICS_NAMESPACE: 'GoalActivity/test',
  STATE_MACHINE_ARN: 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:m:live',
  START_GRACE_MS: '1000',
  EXECUTION_TIMEOUT_MS: '2000',
  MAX_RUNNING_EXECUTIONS: '3',
  MAX_RUNNING_OF_STAGE: '9',
  USD_PER_MILLION_INPUT_TOKENS: '1.5',
  USD_PER_MILLION_OUTPUT_TOKENS: '0',
};

describe('the wiring of handlers', () => {
  let refusal: Response | undefined;
  const aws = useAwsServer({ PutMetricData: () => refusal ?? {} });
  beforeEach(() => {
    refusal = undefined;
    const endpoints = { AWS_ENDPOINT_URL_CLOUDWATCH: aws().url, AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1' };
    sinon.stub(process, 'env').value({ ...process.env, ...ALL, ...endpoints });
  });
  afterEach(() => sinon.restore());

  it('takes prices, tables, topic, readers, limits and the state machine from the environment', () => {
    const { log } = createMemoryLog();
    expect(readPrices()).to.deep.equal({ input: 1.5, output: 0 });
    const readers = { language: 'ja', runbookUrl: 'https://example.com/runbook' };
    expect(wireAlerts()).to.deep.include({ alertsTopicArn: 'topic', readers });
    const { goals, tasks, executions } = wireRepair(log).executions.db;
    expect([goals, tasks, executions]).to.deep.equal(['goals-table', 'tasks-table', 'executions-table']);
    expect(wireRepair(log)).to.include({ startGraceMs: 1_000, executionTimeoutMs: 2_000, log });
    expect(wireStart(log).maxRunning).to.equal(3);
    const executionArn = 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1';
    expect(wireStart(log).workflow.executionArnOf('g-1')).to.equal(executionArn);
  });

  const record = executionRow({ status: 'SUCCEEDED', stoppedAt: '2026-11-24T00:00:01.000Z', currentState: 'Ended' });
  const outcomes = [outcomeRow(0, { usage: { inputTokens: 1_000_000, outputTokens: 7 } })];
  const writes: Record<string, unknown>[] = [];
  /** A database that takes every write. */
  const db = createDatabase({ goals: 'g', tasks: 't', executions: 'e' });
  const willing = intercepted(db, async (input) => void writes.push(input));

  it('writes metrics, with the prices, into the namespace', async () => {
    await wireMetrics(createMemoryLog().log, willing)(record, outcomes);
    const call = aws().calls.at(-1);
    expect(call?.input.Namespace).to.equal('GoalActivity/test');
    expect(JSON.stringify(call?.input)).to.contain('"MetricName":"EstimatedCost"').and.contain('"Value":1.5');
  });

  it('tries to write metrics once: nothing is counted twice after a fault, which the SDK would try again', async () => {
    for (const [status, type, isGivenBack] of [
      [503, 'ServiceUnavailable', true],
      [500, 'InternalServiceFault', false],
      [400, 'ThrottlingException', true],
    ] as const) {
      refusal = refused(status, type);
      const before = aws().calls.length;
      writes.splice(0);
      const { log, lines } = createMemoryLog();
      await wireMetrics(log, willing)(record, outcomes);
      expect(aws().calls.length - before).to.equal(1);
      expect(lines.map(({ errorName }) => errorName)).to.deep.equal([type]);
      expect(JSON.stringify(writes).includes('":metrics":"pending"')).to.equal(isGivenBack);
    }
  });

  it('writes metrics over a connection of their own: one that was kept may be dead, and there is one attempt', async () => {
    const before = aws().connections();
    const write = wireMetrics(createMemoryLog().log, willing);
    await write(record, outcomes);
    await write(record, outcomes);
    expect(aws().connections() - before).to.equal(2);
  });

  it('has an end logged, and its metrics written where they are wired: the API repairs without them', async () => {
    const { log, lines } = createMemoryLog();
    const before = aws().calls.length;
    await wireRepair(log).executions.onEnded(record, outcomes);
    expect(lines.map(({ message }) => message)).to.deep.equal(['execution ended']);
    expect(aws().calls).to.have.length(before);
    await wireRepair(log, willing, wireMetrics(log, willing)).executions.onEnded(record, outcomes);
    expect(aws().calls).to.have.length(before + 1);
  });

  it('limits a publish as the lease of its sender needs it, and every other call', async () => {
    const sns = createAlertClient();
    expect(await sns.config.maxAttempts()).to.equal(SNS_LIMITS.attempts);
    // The handler makes its settings with its first call.
    const publish = new PublishCommand({ TopicArn: 't', Message: 'm' });
    await sns.send(publish).catch(() => undefined);
    const handler: { httpHandlerConfigs(): object } = Object(sns.config.requestHandler);
    expect(handler.httpHandlerConfigs()).to.include({
      connectionTimeout: SNS_LIMITS.connectMs,
      requestTimeout: SNS_LIMITS.requestMs,
      throwOnRequestTimeout: true,
      socketTimeout: SNS_LIMITS.requestMs,
    });
    const failure = await wireAlerts()
      .sns.send(publish)
      .catch((thrown: unknown) => thrown);
    expect(failure).to.nested.include({ '$metadata.attempts': SNS_LIMITS.attempts });
    expect(CLIENT_LIMITS).to.deep.equal({ connectMs: 3_000, requestMs: 5_000, attempts: 3 });
  });
});
