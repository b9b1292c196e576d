import { expect } from 'chai';
import { createMemoryLog } from '../src/logger.ts';
import { wireAlerts, wireEnd, wirePrices, wireRepair, wireStart } from '../src/wiring.ts';
import { useAwsServer } from './aws-server.ts';
import { executionRow } from './rows.ts';

const ALL = {
  AWS_REGION: 'ap-northeast-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  GOALS_TABLE: 'goals-table',
  TASKS_TABLE: 'tasks-table',
  EXECUTIONS_TABLE: 'executions-table',
  ALERTS_TOPIC_ARN: 'topic',
  RUNBOOK_URL: 'https://example.com/runbook',
  METRICS_NAMESPACE: 'GoalActivity/test',
  STATE_MACHINE_ARN: 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:m:live',
  START_GRACE_MS: '1000',
  EXECUTION_TIMEOUT_MS: '2000',
  MAX_RUNNING_EXECUTIONS: '3',
  USD_PER_MILLION_INPUT_TOKENS: '1.5',
  USD_PER_MILLION_OUTPUT_TOKENS: '0',
};

describe('the wiring of handlers', () => {
  let answer: object = {};
  const aws = useAwsServer({ PutMetricData: () => answer });
  const before_ = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, ALL, { AWS_ENDPOINT_URL_CLOUDWATCH: aws().url });
  });
  afterEach(() => {
    for (const name of [...Object.keys(ALL), 'AWS_ENDPOINT_URL_CLOUDWATCH']) {
      const value = before_[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('takes prices, tables, topic, runbook, limits and the state machine from the environment', () => {
    const { log } = createMemoryLog();
    expect(wirePrices()).to.deep.equal({ input: 1.5, output: 0 });
    expect(wireAlerts()).to.nested.include({
      'db.goals': 'goals-table',
      'db.tasks': 'tasks-table',
      'db.executions': 'executions-table',
      alertsTopicArn: 'topic',
      runbookUrl: 'https://example.com/runbook',
    });
    expect(wireRepair(log)).to.include({ startGraceMs: 1_000, executionTimeoutMs: 2_000, log });
    expect(wireStart(log).maxRunning).to.equal(3);
    expect(wireStart(log).workflow.executionArnOf('g-1')).to.equal(
      'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1',
    );
  });

  it('logs an end and writes its metrics, with the prices, into the namespace', async () => {
    const record = executionRow({
      status: 'SUCCEEDED',
      stoppedAt: '2026-11-24T00:00:01.000Z',
      actionIds: ['a'],
      currentState: 'Ended',
      totalActions: 1,
      processedActions: 1,
      version: 3,
    });
    const usage = { inputTokens: 1_000_000, outputTokens: 7 };
    const outcome = {
      executionArn: 'arn',
      actionId: 'a',
      position: 0,
      title: 't',
      outcome: 'SAVED',
      taskCount: 1,
    } as const;
    const { log, lines } = createMemoryLog();
    await wireEnd(log)(record, [{ ...outcome, usage }]);
    expect(lines.map(({ message }) => message)).to.deep.equal(['execution ended']);
    const [call] = aws().calls;
    expect(call?.input.Namespace).to.equal('GoalActivity/test');
    expect(JSON.stringify(call?.input)).to.contain('"MetricName":"EstimatedCost"').and.contain('"Value":1.5');
  });

  it('sends metrics once: a first attempt that was only late would count beside a second', async () => {
    answer = { __type: 'ThrottlingException', message: 'later' };
    const before = aws().calls.length;
    const { log, lines } = createMemoryLog();
    await wireEnd(log)(executionRow({ status: 'FAILED', stoppedAt: '2026-11-24T00:00:01.000Z' }), []);
    answer = {};
    expect(aws().calls).to.have.length(before + 1);
    expect(lines.at(-1)).to.include({ message: 'metrics could not be written' });
  });

  for (const [name, wire] of [
    ['USD_PER_MILLION_INPUT_TOKENS', wirePrices],
    ['USD_PER_MILLION_OUTPUT_TOKENS', wirePrices],
    ['METRICS_NAMESPACE', () => wireEnd(createMemoryLog().log)],
    ['GOALS_TABLE', wireAlerts],
    ['TASKS_TABLE', wireAlerts],
    ['EXECUTIONS_TABLE', wireAlerts],
    ['ALERTS_TOPIC_ARN', wireAlerts],
    ['RUNBOOK_URL', wireAlerts],
    ['STATE_MACHINE_ARN', () => wireRepair(createMemoryLog().log)],
    ['START_GRACE_MS', () => wireRepair(createMemoryLog().log)],
    ['EXECUTION_TIMEOUT_MS', () => wireRepair(createMemoryLog().log)],
    ['MAX_RUNNING_EXECUTIONS', () => wireStart(createMemoryLog().log)],
  ] as const) {
    it(`fails at the start without ${name}, naming it`, () => {
      delete process.env[name];
      expect(wire).to.throw(name);
    });
  }
});
