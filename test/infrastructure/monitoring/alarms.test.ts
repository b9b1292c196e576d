import { Testing } from 'cdktf';
import { expect } from 'chai';
import { parseExpression } from '../../../local/aws/cloudwatch/expression.ts';
import { ALARM_LIMITS, type AlarmSpec, Alarms } from '../../../modules/monitoring/alarms.ts';
import { failureRate } from '../../../modules/monitoring/alarms-table.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { dev, prod, type Resource, reference, resourcesOf, type Synthesized, underscored } from '../synthesized.ts';

const ALERTS = reference('aws_sns_topic.topics_alerts.arn');

function alarmNamed(synthesized: Synthesized, name: string): Resource {
  const found = Object.values(resourcesOf(synthesized, 'aws_cloudwatch_metric_alarm')).find(
    (alarm) => alarm.alarm_name === name,
  );
  if (found === undefined) throw new Error(`no alarm ${name}`);
  return found;
}

const prodAlarm = (id: string) => alarmNamed(prod, `goal-activity-prod-${id}`);

/** What makes an alarm on one metric go off. */
function trigger(alarm: Resource) {
  const { namespace, metric_name, dimensions, statistic, extended_statistic } = alarm;
  const { period, comparison_operator, threshold, datapoints_to_alarm, evaluation_periods } = alarm;
  return {
    metric: `${namespace} ${metric_name}`,
    dimensions,
    statistic: statistic ?? extended_statistic,
    period,
    when: `${comparison_operator} ${threshold}`,
    periods: `${datapoints_to_alarm} of ${evaluation_periods}`,
  };
}

describe('alarms', () => {
  for (const [stage, synthesized] of Object.entries({ dev, prod })) {
    const all = Object.values(resourcesOf(synthesized, 'aws_cloudwatch_metric_alarm'));

    it(`of ${stage} all tell the alerts topic, and are quiet without traffic`, () => {
      expect(all).to.have.length.greaterThan(2 * Object.keys(FUNCTIONS).length);
      for (const alarm of all) {
        expect(alarm.alarm_actions, String(alarm.alarm_name)).to.deep.equal([ALERTS]);
        expect(alarm.treat_missing_data, String(alarm.alarm_name)).to.equal('notBreaching');
      }
    });

    it(`of ${stage} say their priority and where the runbook is`, () => {
      for (const { alarm_name: name, alarm_description: description } of all) {
        const [, priority, anchor] =
          /^(HIGH|MEDIUM|LOW) PRIORITY: .+ Runbook: https:\/\/\S+#alarm-([a-z0-9-]+)$/.exec(String(description)) ?? [];
        expect(priority, String(description)).to.be.a('string');
        expect(String(name)).to.match(new RegExp(`^goal-activity-${stage}-${anchor}`));
        expect(String(description)).to.include(settings[stage === 'dev' ? 'dev' : 'prod'].runbookUrl);
      }
    });
  }

  it('wake people for failing and timed-out executions and for an API that fails, and for nothing else', () => {
    const high = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm')).filter(({ alarm_description }) =>
      String(alarm_description).startsWith('HIGH PRIORITY'),
    );
    expect(high.map(({ alarm_name }) => alarm_name)).to.have.members([
      'goal-activity-prod-failure-rate',
      'goal-activity-prod-execution-timeouts',
      'goal-activity-prod-api-5xx',
    ]);
  });

  it('tell the end of trouble for the failure rate alone', () => {
    const told = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm')).filter(
      (alarm) => 'ok_actions' in alarm,
    );
    expect(told.map(({ alarm_name, ok_actions }) => [alarm_name, ok_actions])).to.deep.equal([
      ['goal-activity-prod-failure-rate', [ALERTS]],
    ]);
  });
});

describe('failure-rate', () => {
  it('is above 10 % of the executions that ended in one period of 5 minutes', () => {
    expect(prodAlarm('failure-rate')).to.include({
      comparison_operator: 'GreaterThanThreshold',
      threshold: 10,
      evaluation_periods: 1,
      datapoints_to_alarm: 1,
    });
  });

  it('is metric math on the state machine’s own metrics', () => {
    const metric = (id: string, name: string) => ({
      id,
      metric: {
        namespace: 'AWS/States',
        metric_name: name,
        dimensions: { StateMachineArn: reference('aws_sfn_state_machine.workflow_state_machine.arn') },
        stat: 'Sum',
        period: 300,
      },
    });
    expect(prodAlarm('failure-rate').metric_query).to.deep.equal([
      metric('failed', 'ExecutionsFailed'),
      metric('timedout', 'ExecutionsTimedOut'),
      metric('succeeded', 'ExecutionsSucceeded'),
      { id: 'bad', expression: 'FILL(failed, 0) + FILL(timedout, 0)' },
      { id: 'ended', expression: 'bad + FILL(succeeded, 0)' },
      {
        id: 'rate',
        expression: 'IF(ended > 0, 100 * bad / ended, 0)',
        label: 'Failed executions in percent',
        return_data: true,
      },
    ]);
  });

  const { expressions, result } = failureRate('arn');
  const rate = (values: Readonly<Record<string, number>>) => {
    const lookUp = (id: string): number | undefined =>
      id in expressions ? parseExpression(expressions[id] ?? '').compute(lookUp) : values[id];
    return lookUp(result);
  };

  for (const [values, percent] of [
    [{ failed: 2, succeeded: 8 }, 20],
    [{ failed: 1, succeeded: 9 }, 10],
    [{ timedout: 1 }, 100],
    [{ failed: 1, timedout: 1, succeeded: 8 }, 20],
    [{ succeeded: 5 }, 0],
    [{}, 0],
  ] as const) {
    it(`is ${percent} % of ${JSON.stringify(values)}, whatever Step Functions did not send`, () => {
      expect(rate(values)).to.equal(percent);
    });
  }
});

describe('execution-timeouts', () => {
  it('goes off for a single timeout within a minute', () => {
    expect(trigger(prodAlarm('execution-timeouts'))).to.deep.equal({
      metric: 'AWS/States ExecutionsTimedOut',
      dimensions: { StateMachineArn: reference('aws_sfn_state_machine.workflow_state_machine.arn') },
      statistic: 'Sum',
      period: 60,
      when: 'GreaterThanOrEqualToThreshold 1',
      periods: '1 of 1',
    });
  });
});

describe('lambda-errors', () => {
  const dimensionsOf = (lambda: string) => ({
    FunctionName: reference(`aws_lambda_function.${underscored(lambda)}_function.function_name`),
  });
  const expected = (lambda: string, threshold: number) => ({
    metric: 'AWS/Lambda Errors',
    dimensions: dimensionsOf(lambda),
    statistic: 'Sum',
    period: 300,
    when: `GreaterThanOrEqualToThreshold ${threshold}`,
    periods: '1 of 1',
  });
  const steps = [
    ...['validate-input', 'get-actions', 'create-batches', 'update-progress', 'aggregate-results'],
    ...['update-goal-status', 'handle-error'],
  ];
  const fallible = ['generate-tasks', 'save-tasks'];

  for (const lambda of steps) {
    it(`goes off for 3 errors of the retried step ${lambda} in 5 minutes`, () => {
      expect(trigger(prodAlarm(`lambda-errors-${lambda}`))).to.deep.equal(expected(lambda, 3));
    });
  }

  for (const lambda of Object.keys(FUNCTIONS).filter((name) => ![...steps, ...fallible].includes(name))) {
    it(`goes off for a single error of ${lambda} in 5 minutes`, () => {
      expect(trigger(prodAlarm(`lambda-errors-${lambda}`))).to.deep.equal(expected(lambda, 1));
    });
  }

  for (const lambda of fallible) {
    it(`goes off when more than a quarter of the invocations of ${lambda} fail in 2 of 3 periods`, () => {
      const alarm = prodAlarm(`lambda-errors-${lambda}`);
      expect(alarm).to.include({
        comparison_operator: 'GreaterThanThreshold',
        threshold: 25,
        datapoints_to_alarm: 2,
        evaluation_periods: 3,
      });
      const metric = (name: string) => ({
        namespace: 'AWS/Lambda',
        metric_name: name,
        dimensions: dimensionsOf(lambda),
        stat: 'Sum',
        period: 300,
      });
      expect(alarm.metric_query).to.deep.equal([
        { id: 'errors', metric: metric('Errors') },
        { id: 'invocations', metric: metric('Invocations') },
        {
          id: 'rate',
          expression: 'IF(FILL(invocations, 0) > 0, 100 * FILL(errors, 0) / invocations, 0)',
          label: 'Failed invocations in percent',
          return_data: true,
        },
      ]);
    });
  }
});

describe('lambda-throttles', () => {
  for (const lambda of Object.keys(FUNCTIONS)) {
    const periods = lambda === 'generate-tasks' ? '3 of 3' : '1 of 1';
    it(`goes off for a throttled invocation of ${lambda} in ${periods} periods`, () => {
      expect(trigger(prodAlarm(`lambda-throttles-${lambda}`))).to.deep.equal({
        metric: 'AWS/Lambda Throttles',
        dimensions: { FunctionName: reference(`aws_lambda_function.${underscored(lambda)}_function.function_name`) },
        statistic: 'Sum',
        period: 300,
        when: 'GreaterThanOrEqualToThreshold 1',
        periods,
      });
    });
  }
});

describe('alarms on the AI', () => {
  it('ai-latency goes off above 5 s on average over 15 minutes', () => {
    expect(trigger(prodAlarm('ai-latency'))).to.deep.equal({
      metric: 'GoalActivity/prod AiLatency',
      dimensions: undefined,
      statistic: 'Average',
      period: 900,
      when: 'GreaterThanThreshold 5000',
      periods: '1 of 1',
    });
  });

  it('ai-throttles goes off above 10 throttled calls in 5 minutes, of the id that is called', () => {
    expect(trigger(prodAlarm('ai-throttles'))).to.deep.equal({
      metric: 'AWS/Bedrock InvocationThrottles',
      dimensions: { ModelId: settings.prod.modelId },
      statistic: 'Sum',
      period: 300,
      when: 'GreaterThanThreshold 10',
      periods: '1 of 1',
    });
  });
});

describe('dead-letters-not-empty', () => {
  for (const [id, queue] of Object.entries({
    'status-events': 'dead_letters_queue',
    sweep: 'sweep_dead_letters_queue',
    archive: 'archive_dead_letters_queue',
  })) {
    it(`goes off for any message in ${queue}`, () => {
      expect(trigger(prodAlarm(`dead-letters-not-empty-${id}`))).to.deep.equal({
        metric: 'AWS/SQS ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: reference(`aws_sqs_queue.${queue}.name`) },
        statistic: 'Maximum',
        period: 60,
        when: 'GreaterThanThreshold 0',
        periods: '1 of 1',
      });
    });
  }
});

describe('archive-behind', () => {
  it('goes off when an execution ended more than a day ago and is not archived, and stays so between two hourly runs', () => {
    expect(trigger(prodAlarm('archive-behind'))).to.deep.equal({
      metric: 'GoalActivity/prod OldestUnarchivedAge',
      dimensions: undefined,
      statistic: 'Maximum',
      period: 7200,
      when: 'GreaterThanThreshold 86400',
      periods: '1 of 1',
    });
  });
});

describe('alarms on the HTTP API', () => {
  const dimensions = { ApiId: reference('aws_apigatewayv2_api.http_api.id') };

  it('api-5xx goes off for 3 answers in 5 minutes', () => {
    expect(trigger(prodAlarm('api-5xx'))).to.deep.equal({
      metric: 'AWS/ApiGateway 5xx',
      dimensions,
      statistic: 'Sum',
      period: 300,
      when: 'GreaterThanOrEqualToThreshold 3',
      periods: '1 of 1',
    });
  });

  it('api-p99 goes off above 3 s for 15 minutes', () => {
    expect(trigger(prodAlarm('api-p99'))).to.deep.equal({
      metric: 'AWS/ApiGateway Latency',
      dimensions,
      statistic: 'p99',
      period: 300,
      when: 'GreaterThanThreshold 3000',
      periods: '3 of 3',
    });
  });
});

describe('limits of an alarm', () => {
  const RUNBOOK = 'https://example.com/operations.md';
  const make = (spec: Partial<AlarmSpec>) =>
    Testing.synthScope((scope) => {
      new Alarms(scope, 'alarms', {
        prefix: 'p',
        topicArn: 'topic',
        runbookUrl: RUNBOOK,
        alarms: [
          {
            id: 'limited',
            priority: 'LOW',
            meaning: 'It is so.',
            watched: { namespace: 'N', name: 'M', statistic: 'Sum' },
            periodSeconds: 60,
            comparison: '>',
            threshold: 0,
            ...spec,
          },
        ],
      });
    });
  const numbered = <T>(count: number, value: T) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, value]));
  const rest = `LOW PRIORITY:  Runbook: ${RUNBOOK}#alarm-limited`.length;
  const cases: Readonly<Record<keyof typeof ALARM_LIMITS, (value: number) => Partial<AlarmSpec>>> = {
    metrics: (count) => ({
      watched: {
        metrics: numbered(count, { namespace: 'N', name: 'M', statistic: 'Sum' }),
        expressions: { all: 'm0' },
        result: 'all',
        label: 'All',
      },
    }),
    expressions: (count) => ({
      watched: { metrics: {}, expressions: numbered(count, '1'), result: 'm0', label: 'First' },
    }),
    descriptionCharacters: (length) => ({ meaning: 'x'.repeat(length - rest) }),
    windowSeconds: (seconds) => ({ periodSeconds: seconds }),
  };

  for (const limit of ['metrics', 'expressions', 'descriptionCharacters', 'windowSeconds'] as const) {
    const most = ALARM_LIMITS[limit];
    it(`takes ${most} ${limit}`, () => {
      expect(() => make(cases[limit](most))).to.not.throw();
    });

    it(`refuses ${most + 1} ${limit}, naming alarm and limit`, () => {
      expect(() => make(cases[limit](most + 1))).to.throw(`p-limited: ${limit} is ${most + 1}`);
    });
  }
});
