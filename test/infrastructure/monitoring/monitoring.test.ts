import { Testing } from 'cdktf';
import { expect } from 'chai';
import { createMemoryLog } from '../../../lambdas/core/src/log/logger.ts';
import { Monitoring, type MonitoringProps } from '../../../modules/monitoring/monitoring.ts';
import { EXECUTION_ARN_HERE, SavedQueries } from '../../../modules/monitoring/saved-queries.ts';
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { prod, type Resource, reference, resourcesOf, underscored } from '../synthesized.ts';

const logsOf = (lambda: string) => reference(`aws_cloudwatch_log_group.${underscored(lambda)}_logs.name`);
const EVERYTHING = [...Object.keys(FUNCTIONS).map(logsOf), reference('aws_cloudwatch_log_group.workflow_logs.name')];

function query(name: string): Resource {
  const found = Object.values(resourcesOf(prod, 'aws_cloudwatch_query_definition')).find(
    (of) => of.name === `goal-activity-prod/${name}`,
  );
  if (found === undefined) throw new Error(`no query ${name}`);
  return found;
}

describe('saved queries', () => {
  it('errors-by-function asks all logs, for our own errors and for what Lambda reports of timeouts', () => {
    const { log_group_names: groups, query_string: text } = query('errors-by-function');
    expect(groups).to.have.members(EVERYTHING);
    expect(text)
      .to.include('level = "error"')
      .and.include('type = "platform.report" and record.status in ["timeout", "failure"]')
      .and.match(/stats count\(\*\) as errors, .* by source, error/);
  });

  it('slowest-ai-calls asks the logs of generate-tasks, the longest first', () => {
    const { log_group_names: groups, query_string: text } = query('slowest-ai-calls');
    expect(groups).to.deep.equal([logsOf('generate-tasks')]);
    expect(text).to.include('message = "AI answered"').and.include('sort durationMs desc');
  });

  it('story-of-an-execution asks all logs for one execution, functions and state machine alike, in order', () => {
    const { log_group_names: groups, query_string: text } = query('story-of-an-execution');
    expect(groups).to.have.members(EVERYTHING);
    expect(text)
      .to.include(`executionArn = "${EXECUTION_ARN_HERE}" or execution_arn = "${EXECUTION_ARN_HERE}"`)
      .and.include('sort @timestamp asc');
  });

  it('failed-actions-by-reason counts actions and attempts by step and error', () => {
    const { log_group_names: groups, query_string: text } = query('failed-actions-by-reason');
    expect(groups).to.have.members([logsOf('generate-tasks'), logsOf('save-tasks')]);
    expect(text)
      .to.include('message = "step failed"')
      .and.include('count_distinct(action) as actions')
      .and.include('by function, errorName');
  });

  it('use fields that the logger lets through', () => {
    const fields = {
      executionArn: 'arn',
      goalId: 'g',
      actionId: 'a',
      errorName: 'TransientError',
      errorMessage: 'no answer',
      durationMs: 1,
      inputTokens: 1,
      outputTokens: 1,
      modelId: 'm',
    };
    const { log, lines } = createMemoryLog('goals');
    log.error('step failed', fields);
    expect(lines[0]).to.include({ ...fields, function: 'goals', level: 'error', message: 'step failed' });
    const texts = Object.values(resourcesOf(prod, 'aws_cloudwatch_query_definition')).map((of) => of.query_string);
    for (const field of Object.keys(fields)) expect(texts.join('\n')).to.match(new RegExp(`\\b${field}\\b`));
  });

  it('are refused when they ask a Lambda without logs', () => {
    const make = () =>
      Testing.synthScope((scope) => {
        new SavedQueries(scope, 'queries', { prefix: 'p', logGroupNames: {}, stateMachineLogGroupName: 'machine' });
      });
    expect(make).to.throw('generate-tasks has no log group to query');
  });
});

describe('monitoring of another set of functions and queues', () => {
  const lambda = (name: string) => ({ functionName: `p-${name}`, logGroupName: `/aws/lambda/p-${name}` });
  const props: MonitoringProps = {
    prefix: 'p',
    region: 'eu-west-1',
    stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:p',
    stateMachineLogGroupName: 'machine',
    functions: {
      'generate-tasks': lambda('generate-tasks'),
      'save-tasks': lambda('save-tasks'),
      'new-one': lambda('new-one'),
    },
    tableNames: ['p-goals'],
    modelId: 'amazon.nova-lite-v1:0',
    apiId: 'api',
    queues: [{ name: 'p-new', id: 'new' }],
    alertsTopicArn: 'arn:aws:sns:eu-west-1:123456789012:p-alerts',
    runbookUrl: 'https://example.com/operations.md',
    metricsNamespace: 'GoalActivity/test',
  };
  const alarmsOf = (changed: Partial<MonitoringProps>) => {
    const synthesized: unknown = JSON.parse(
      Testing.synthScope((scope) => {
        new Monitoring(scope, 'monitoring', { ...props, ...changed });
      }),
    );
    const { resource }: { resource: { aws_cloudwatch_metric_alarm: Record<string, Resource> } } = Object(synthesized);
    const alarms = Object.values(resource.aws_cloudwatch_metric_alarm);
    return new Map(alarms.map((alarm) => [alarm.alarm_name, alarm]));
  };

  it('watches each of them, a Lambda that it never heard of too', () => {
    expect([...alarmsOf({}).keys()]).to.have.members([
      'p-failure-rate',
      'p-execution-timeouts',
      ...Object.keys(props.functions).flatMap((name) => [`p-lambda-errors-${name}`, `p-lambda-throttles-${name}`]),
      'p-ai-latency',
      'p-ai-throttles',
      'p-dead-letters-not-empty-new',
      'p-archive-behind',
      'p-api-5xx',
      'p-api-p99',
    ]);
  });

  it('takes every throttled generate-tasks for trouble where no concurrency is reserved for it', () => {
    const throttles = (changed: Partial<MonitoringProps>) =>
      alarmsOf(changed).get('p-lambda-throttles-generate-tasks')?.evaluation_periods;
    expect(throttles({})).to.equal(1);
    expect(throttles({ reservedConcurrency: 24 })).to.equal(3);
  });
});
