import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { References } from '../../../local/terraform/references.ts';
import { readTerraform, type StackDescription, TerraformError } from '../../../local/terraform/stack-description.ts';
import { ROUTES } from '../../../modules/api/routes.ts';
import { loadConfig } from '../../../modules/config.ts';
import { synthesize } from '../../../modules/stack.ts';
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { FUNCTION_OF_PLACEHOLDER } from '../../../statemachine/definition.ts';
import { withFolders } from '../../infrastructure/folders.ts';
import { dev } from '../../infrastructure/synthesized.ts';

const ARN = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:goal-activity-dev';

/** Values of every field of this name, at any depth. */
function valuesOf(field: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [...(key === field ? [item] : []), ...valuesOf(field, item)]);
}

describe('readTerraform with what the stage dev is deployed from', () => {
  let stack: StackDescription;
  let zips: boolean[] = [];
  before(() => {
    withFolders((folders) => {
      stack = readTerraform(synthesize({ config: loadConfig('dev'), ...folders }));
      zips = stack.functions.map(({ zipPath }) => existsSync(zipPath));
    });
  });
  const functionNamed = (name: string) => stack.functions.find((each) => each.name === name);

  it('names stage, prefix, region and account', () => {
    expect(stack).to.include({
      stage: 'dev',
      prefix: 'goal-activity-dev',
      region: 'ap-northeast-1',
      account: '123456789012',
    });
  });

  it('leaves no reference unresolved', () => {
    expect(JSON.stringify(stack)).not.to.include('${');
  });

  it('knows every attribute that any resource of the stack refers to', () => {
    const resolved = new References(dev.resource, stack).resolve(dev.resource, 'the stack');
    expect(JSON.stringify(resolved)).not.to.include('${');
  });

  it('describes every function, with its zip and its resolved environment', () => {
    expect(stack.functions.map(({ name }) => name)).to.have.members(Object.keys(FUNCTIONS));
    expect(zips).not.to.include(false);
    const arn = 'arn:aws:lambda:ap-northeast-1:123456789012:function:goal-activity-dev-start-workflow';
    expect(functionNamed('start-workflow')).to.deep.include({
      functionName: 'goal-activity-dev-start-workflow',
      arn,
      qualifiedArn: `${arn}:1`,
      version: '1',
      handler: 'index.handler',
      timeoutSeconds: FUNCTIONS['start-workflow'].timeoutSeconds,
      memoryMb: FUNCTIONS['start-workflow'].memoryMb,
      reservedConcurrency: undefined,
    });
    expect(functionNamed('generate-tasks')?.reservedConcurrency).to.be.above(0);
    expect(functionNamed('start-workflow')?.environment).to.include({
      GOALS_TABLE: 'goal-activity-dev-goals',
      EXECUTIONS_TABLE: 'goal-activity-dev-workflow-executions',
      STATE_MACHINE_ARN: `${ARN}:live`,
    });
  });

  it('describes the tables with keys, indexes and TTL', () => {
    expect(stack.tables.map(({ name }) => name)).to.have.members([
      'goal-activity-dev-goals',
      'goal-activity-dev-tasks',
      'goal-activity-dev-workflow-executions',
    ]);
    expect(stack.tables.find(({ name }) => name.endsWith('executions'))).to.deep.equal({
      name: 'goal-activity-dev-workflow-executions',
      hashKey: 'executionArn',
      rangeKey: 'sk',
      attributes: ['executionArn', 'sk', 'goalId', 'startedAt', 'userId', 'runningShard'].map((name) => ({
        name,
        type: 'S',
      })),
      globalSecondaryIndexes: [
        { name: 'byGoal', hashKey: 'goalId', rangeKey: 'startedAt', projectionType: 'ALL' },
        { name: 'byUser', hashKey: 'userId', rangeKey: 'startedAt', projectionType: 'ALL' },
        { name: 'byRunning', hashKey: 'runningShard', rangeKey: 'startedAt', projectionType: 'ALL' },
      ],
      ttlAttribute: 'expiresAt',
    });
    expect(stack.tables.find(({ name }) => name.endsWith('tasks'))).to.deep.include({
      globalSecondaryIndexes: [],
      ttlAttribute: undefined,
    });
  });

  it('gives the definition the published versions of the functions, and the topics', () => {
    const { definition, ...names } = stack.stateMachine;
    expect(names).to.deep.equal({ arn: ARN, name: 'goal-activity-dev', aliasArns: [`${ARN}:live`] });
    const called = Object.values(FUNCTION_OF_PLACEHOLDER).map((name) => functionNamed(name)?.qualifiedArn);
    expect(new Set(valuesOf('Resource', definition))).to.deep.equal(
      new Set([...called, 'arn:aws:states:::sns:publish']),
    );
    expect(stack.topics.map(({ arn }) => arn)).to.include.members(valuesOf('TopicArn', definition));
  });

  it('lists the topics with the addresses that subscribed', () => {
    expect(stack.topics).to.deep.equal(
      [
        { name: 'goal-activity-dev-alerts', emails: loadConfig('dev').settings.alertEmails },
        { name: 'goal-activity-dev-notices', emails: loadConfig('dev').settings.noticeEmails },
      ].map(({ name, emails }) => ({ arn: `arn:aws:sns:ap-northeast-1:123456789012:${name}`, name, emails })),
    );
  });

  it('lists the routes with function and authorizer', () => {
    const { issuer, audience } = loadConfig('dev').settings;
    expect(stack.authorizer).to.deep.equal({ issuer, audience });
    expect(stack.routes).to.have.deep.members(
      ROUTES.map(({ method, path, lambda }) => ({
        routeKey: `${method} ${path}`,
        functionName: `goal-activity-dev-${lambda}`,
        authorizer: true,
      })),
    );
  });

  it('lists the event rule with its parsed pattern and its target', () => {
    expect(stack.rules).to.deep.equal([
      {
        name: 'goal-activity-dev-execution-ended',
        eventPattern: {
          source: ['aws.states'],
          'detail-type': ['Step Functions Execution Status Change'],
          detail: { stateMachineArn: [ARN], status: ['TIMED_OUT', 'ABORTED', 'FAILED'] },
        },
        targets: [{ functionName: 'goal-activity-dev-handle-error' }],
      },
    ]);
  });

  it('lists the rules that run on a schedule', () => {
    expect(stack.schedules).to.deep.equal([
      {
        name: 'goal-activity-dev-archive',
        arn: 'arn:aws:events:ap-northeast-1:123456789012:rule/goal-activity-dev-archive',
        everySeconds: 3600,
        targets: [{ functionName: 'goal-activity-dev-archive-executions' }],
      },
      {
        name: 'goal-activity-dev-sweep',
        arn: 'arn:aws:events:ap-northeast-1:123456789012:rule/goal-activity-dev-sweep',
        everySeconds: 300,
        targets: [{ functionName: 'goal-activity-dev-reconcile-executions' }],
      },
    ]);
  });

  it('lists the buckets, the archive among them', () => {
    const archive = functionNamed('archive-executions')?.environment.ARCHIVE_BUCKET;
    expect(stack.buckets).to.include(archive);
  });

  it('lists the alarms: metric math with what it refers to, and single metrics', () => {
    const alarmNamed = (id: string) => stack.alarms.find(({ name }) => name === `goal-activity-dev-${id}`);
    const rate = alarmNamed('failure-rate');
    const alerts = stack.topics.find(({ name }) => name.endsWith('-alerts'))?.arn;
    expect(rate).to.deep.include({
      arn: 'arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:goal-activity-dev-failure-rate',
      comparison: 'GreaterThanThreshold',
      threshold: 10,
      periodSeconds: 300,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      missingData: 'notBreaching',
      actions: { OK: [alerts], ALARM: [alerts], INSUFFICIENT_DATA: [] },
    });
    const watched = rate?.queries.flatMap(({ source }) => ('metric' in source ? [source.metric] : []));
    expect(watched).to.deep.include({
      namespace: 'AWS/States',
      metricName: 'ExecutionsTimedOut',
      dimensions: { StateMachineArn: ARN },
    });
    const timeouts = alarmNamed('execution-timeouts');
    expect(timeouts).to.deep.include({ comparison: 'GreaterThanOrEqualToThreshold', threshold: 1, periodSeconds: 60 });
    expect(timeouts?.queries).to.have.length(1);
    expect(timeouts?.queries[0]?.source).to.deep.include({ statistic: 'Sum' });
  });

  it('gives the HTTP API the id that its alarms look at', () => {
    const looked = stack.alarms.flatMap(({ queries }) => queries.map(({ source }) => source));
    const ids = looked.flatMap((source) => ('metric' in source ? [source.metric.dimensions.ApiId] : []));
    expect(ids.filter((id) => id !== undefined)).to.include(stack.api.id);
  });

  it('gives the HTTP API the CORS of the stage', () => {
    expect(stack.api.cors?.allowOrigins).to.deep.equal(loadConfig('dev').settings.corsOrigins);
    expect(stack.api.cors?.allowHeaders).to.include('authorization').and.to.include('if-none-match');
  });
});

describe('readTerraform with a document that is not as it must be', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-terraform-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function read(content: string): StackDescription {
    const path = join(folder, 'cdk.tf.json');
    writeFileSync(path, content);
    return readTerraform(path);
  }

  const work = { function_name: 'a-work', handler: 'i.h', filename: 'z.zip', timeout: 1, memory_size: 128 };
  const integration = {
    integration_type: 'AWS_PROXY',
    integration_uri: '${aws_lambda_function.work.invoke_arn}',
    payload_format_version: '2.0',
  };
  const route = { route_key: 'GET /', target: 'integrations/${aws_apigatewayv2_integration.work.id}' };
  const stateMachine = { name: 'a', definition: '{}' };
  const metricAlarm = {
    alarm_name: 'a-alarm',
    comparison_operator: 'GreaterThanThreshold',
    threshold: 1,
    evaluation_periods: 1,
    namespace: 'n',
    metric_name: 'm',
    period: 60,
    statistic: 'Sum',
  };
  const math = (...queries: object[]) => ({
    aws_cloudwatch_metric_alarm: { a: { ...metricAlarm, metric_query: queries } },
  });
  const metricQuery = { id: 'm1', metric: { namespace: 'n', metric_name: 'm', period: 60, stat: 'Sum' } };
  const rate = (expression: string) => ({ id: 'rate', expression, return_data: true });
  const minimal = {
    aws_apigatewayv2_api: { it: { name: 'a' } },
    aws_apigatewayv2_authorizer: {
      jwt: { authorizer_type: 'JWT', jwt_configuration: { issuer: 'https://i/', audience: ['a'] } },
    },
    aws_sfn_state_machine: { it: stateMachine },
    aws_lambda_function: { work },
    aws_apigatewayv2_integration: { work: integration },
    aws_apigatewayv2_route: { get: route },
  };
  function readWith(resources: object): StackDescription {
    return read(
      JSON.stringify({
        '//': { metadata: { stackName: 'a' } },
        provider: { aws: [{ region: 'r', allowed_account_ids: ['1'], default_tags: [{ tags: { Stage: 's' } }] }] },
        resource: { ...minimal, ...resources },
      }),
    );
  }

  it('reads a minimal document: no environment, no tables, no authorizer on a route, no events, alarms or buckets', () => {
    const stack = readWith({});
    expect(stack.functions[0]?.environment).to.deep.equal({});
    expect(stack.functions[0]?.zipPath).to.equal(join(folder, 'z.zip'));
    expect(stack.routes).to.deep.equal([{ routeKey: 'GET /', functionName: 'a-work', authorizer: false }]);
    expect(stack).to.deep.include({ tables: [], rules: [], topics: [], api: { id: 'it', cors: undefined } });
    expect(stack).to.deep.include({ schedules: [], alarms: [], buckets: [] });
  });

  for (const [reserved, expected] of [
    [undefined, undefined],
    [-1, undefined],
    [0, 0],
    [48, 48],
  ] as const) {
    it(`reads a reserved concurrency of ${reserved} as ${expected}`, () => {
      const aws_lambda_function = { work: { ...work, reserved_concurrent_executions: reserved } };
      expect(readWith({ aws_lambda_function }).functions[0]?.reservedConcurrency).to.equal(expected);
    });
  }

  it('reads a schedule whose target gets an input of its own', () => {
    const { schedules, rules } = readWith({
      aws_cloudwatch_event_rule: { r: { name: 'r', schedule_expression: 'rate(1 hour)' } },
      aws_cloudwatch_event_target: { t: { rule: 'r', arn: '${aws_lambda_function.work.arn}', input: '{"a":1}' } },
    });
    expect(rules).to.deep.equal([]);
    expect(schedules).to.deep.include({
      name: 'r',
      arn: 'arn:aws:events:r:1:rule/r',
      everySeconds: 3600,
      targets: [{ functionName: 'a-work', input: { a: 1 } }],
    });
  });

  it('reads an alarm on a percentile, whose actions are switched off', () => {
    const [alarm] = readWith({
      aws_sns_topic: { t: { name: 'a-topic' } },
      aws_cloudwatch_metric_alarm: {
        a: {
          ...metricAlarm,
          statistic: undefined,
          extended_statistic: 'p99',
          evaluation_periods: 3,
          actions_enabled: false,
          alarm_actions: ['${aws_sns_topic.t.arn}'],
        },
      },
    }).alarms;
    expect(alarm).to.deep.equal({
      name: 'a-alarm',
      arn: 'arn:aws:cloudwatch:r:1:alarm:a-alarm',
      description: undefined,
      queries: [
        {
          id: 'm1',
          label: undefined,
          source: {
            metric: { namespace: 'n', metricName: 'm', dimensions: {} },
            statistic: 'p99',
            unit: undefined,
          },
        },
      ],
      returned: 'm1',
      comparison: 'GreaterThanThreshold',
      threshold: 1,
      periodSeconds: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      missingData: 'missing',
      actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
    });
  });

  const broken: Record<string, [resources: object, message: string]> = {
    'a function without a timeout': [
      { aws_lambda_function: { work: { ...work, timeout: undefined } } },
      'aws_lambda_function.work lacks timeout',
    ],
    'a function whose memory is text': [
      { aws_lambda_function: { work: { ...work, memory_size: '128' } } },
      'aws_lambda_function.work: memory_size must be integer',
    ],
    'a function with another prefix': [
      { aws_lambda_function: { work: { ...work, function_name: 'b-work' } } },
      'aws_lambda_function.work: function_name must start with a-',
    ],
    'an environment that refers to nothing': [
      { aws_lambda_function: { work: { ...work, environment: { variables: { T: '${aws_sns_topic.gone.arn}' } } } } },
      'aws_lambda_function.work: ${aws_sns_topic.gone.arn} cannot be resolved',
    ],
    'a table without a key': [
      { aws_dynamodb_table: { t: { name: 'ttt', attribute: [] } } },
      'aws_dynamodb_table.t lacks hash_key',
    ],
    'an index without a projection': [
      {
        aws_dynamodb_table: {
          t: { name: 'ttt', hash_key: 'a', attribute: [], global_secondary_index: [{ name: 'i', hash_key: 'b' }] },
        },
      },
      'aws_dynamodb_table.t lacks global_secondary_index.0.projection_type',
    ],
    'no state machine': [{ aws_sfn_state_machine: {} }, 'needs one aws_sfn_state_machine, but there are 0'],
    'two state machines': [
      { aws_sfn_state_machine: { it: stateMachine, other: stateMachine } },
      'needs one aws_sfn_state_machine, but there are 2',
    ],
    'a definition that is no JSON': [
      { aws_sfn_state_machine: { it: { ...stateMachine, definition: '{' } } },
      'aws_sfn_state_machine.it: definition is no JSON',
    ],
    'an integration with a function of another stack': [
      { aws_apigatewayv2_integration: { work: { ...integration, integration_uri: 'arn:aws:lambda:r:1:function:b' } } },
      'aws_apigatewayv2_integration.work: integration_uri is arn:aws:lambda:r:1:function:b, which is no function',
    ],
    'an integration with another payload': [
      { aws_apigatewayv2_integration: { work: { ...integration, payload_format_version: '1.0' } } },
      'aws_apigatewayv2_integration.work: payload_format_version must be 2.0',
    ],
    'a route to no integration': [
      { aws_apigatewayv2_route: { get: { ...route, target: 'integrations/gone' } } },
      'aws_apigatewayv2_route.get: target integrations/gone is no integration',
    ],
    'a route with another authorizer': [
      { aws_apigatewayv2_route: { get: { ...route, authorization_type: 'JWT', authorizer_id: 'other' } } },
      'aws_apigatewayv2_route.get: authorizer_id must be the id of the JWT authorizer',
    ],
    'a rule that matches nothing': [
      { aws_cloudwatch_event_rule: { r: { name: 'r' } } },
      'aws_cloudwatch_event_rule.r lacks event_pattern',
    ],
    'a rule whose filter the local stack does not know': [
      { aws_cloudwatch_event_rule: { r: { name: 'r', event_pattern: '{"source":[{"prefix":"aws"}]}' } } },
      'aws_cloudwatch_event_rule.r: event_pattern: The local event bus does not know the filter of source',
    ],
    'a schedule that is no rate': [
      { aws_cloudwatch_event_rule: { r: { name: 'r', schedule_expression: 'cron(0 3 * * ? *)' } } },
      'aws_cloudwatch_event_rule.r: schedule_expression: cron(0 3 * * ? *) is no schedule that the local stack knows',
    ],
    'an alarm without a metric': [
      { aws_cloudwatch_metric_alarm: { a: { ...metricAlarm, namespace: undefined } } },
      'aws_cloudwatch_metric_alarm.a lacks metric_query, or namespace, metric_name, period and a statistic',
    ],
    'an alarm with a statistic that is none': [
      { aws_cloudwatch_metric_alarm: { a: { ...metricAlarm, statistic: 'Median' } } },
      'aws_cloudwatch_metric_alarm.a: the local CloudWatch knows no statistic Median',
    ],
    'an alarm with a period of 10 seconds': [
      { aws_cloudwatch_metric_alarm: { a: { ...metricAlarm, period: 10 } } },
      'aws_cloudwatch_metric_alarm.a: the local CloudWatch needs one period of whole minutes',
    ],
    'an alarm with more datapoints than periods': [
      { aws_cloudwatch_metric_alarm: { a: { ...metricAlarm, datapoints_to_alarm: 2 } } },
      'aws_cloudwatch_metric_alarm.a: datapoints_to_alarm must not be above evaluation_periods',
    ],
    'an alarm that returns nothing': [
      math(metricQuery),
      'aws_cloudwatch_metric_alarm.a: one metric_query must have return_data, not 0',
    ],
    'an alarm whose expression the local CloudWatch does not know': [
      math(metricQuery, rate('RATE(m1)')),
      'aws_cloudwatch_metric_alarm.a: metric_query rate: The expression RATE(m1) cannot be used',
    ],
    'an alarm whose expression refers to nothing': [
      math(metricQuery, rate('m1 / m2')),
      'aws_cloudwatch_metric_alarm.a: there is no metric_query m2',
    ],
    'an alarm whose expression refers to itself': [
      math(metricQuery, rate('m1 / rate')),
      'aws_cloudwatch_metric_alarm.a: metric_query rate refers to itself',
    ],
    'a target that is no function': [
      {
        aws_sqs_queue: { q: { name: 'q' } },
        aws_cloudwatch_event_target: { t: { rule: 'r', arn: '${aws_sqs_queue.q.arn}' } },
      },
      'aws_cloudwatch_event_target.t: arn is arn:aws:sqs:r:1:q, which is no function of the stack',
    ],
  };
  for (const [title, [resources, message]] of Object.entries(broken)) {
    it(`names what is wrong with ${title}`, () => {
      expect(() => readWith(resources)).to.throw(TerraformError, message);
    });
  }

  it('names the file that is missing, and how to make it', () => {
    const path = join(folder, 'gone.json');
    expect(() => readTerraform(path)).to.throw(TerraformError, `${path} cannot be read: run make synth`);
  });

  it('names the file that holds no JSON, or JSON of another kind', () => {
    expect(() => read('{')).to.throw(TerraformError, `${join(folder, 'cdk.tf.json')}: the document is no JSON`);
    expect(() => read('{}')).to.throw(TerraformError, 'the document lacks //');
    const noAccount = { '//': { metadata: { stackName: 'a' } }, provider: { aws: [{ region: 'r' }] }, resource: {} };
    expect(() => read(JSON.stringify(noAccount))).to.throw('the document lacks provider.aws.0.allowed_account_ids');
  });
});
