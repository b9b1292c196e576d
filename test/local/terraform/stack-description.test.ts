import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readTerraform, type StackDescription, TerraformError } from '../../../local/terraform/stack-description.ts';
import { ROUTES } from '../../../modules/api/routes.ts';
import { loadConfig } from '../../../modules/config.ts';
import { synthesize } from '../../../modules/stack.ts';
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { withFolders } from '../../infrastructure/folders.ts';
import { useDataDir } from '../../support/data-dir.ts';

/** What a stack would not notice at once: it would start, and do less than AWS does. */
describe('readTerraform with what the stage dev is deployed from', () => {
  let stack: StackDescription;
  before(() => {
    stack = withFolders((folders) => readTerraform(synthesize({ config: loadConfig('dev'), ...folders })));
  });

  it('leaves nothing out, and no reference unresolved', () => {
    const { settings } = loadConfig('dev');
    expect(stack).to.include({ stage: 'dev', prefix: 'goal-activity-dev', account: '123456789012' });
    expect(stack.functions.map(({ name }) => name)).to.have.members(Object.keys(FUNCTIONS));
    expect(stack.routes.map(({ routeKey, authorizer }) => [routeKey, authorizer])).to.have.deep.members(
      ROUTES.map(({ method, path }) => [`${method} ${path}`, true]),
    );
    const emails = stack.topics.map((topic) => topic.emails);
    expect(emails).to.deep.equal([settings.alertEmails, settings.noticeEmails]);
    expect(stack.schedules.map(({ everySeconds }) => everySeconds)).to.deep.equal([3600, 300]);
    expect(JSON.stringify(stack)).not.to.include('${');
  });

  it('gives the HTTP API the id that its alarms look at', () => {
    const looked = stack.alarms.flatMap(({ queries }) => queries.map(({ source }) => source));
    const ids = looked.flatMap((source) => ('metric' in source ? [source.metric.dimensions.ApiId] : []));
    expect(ids.filter((id) => id !== undefined)).to.include(stack.apiId);
  });
});

describe('readTerraform with a document that is not as it must be', () => {
  const folder = useDataDir();
  const pathOf = (name: string) => join(folder(), name);

  function read(content: string): StackDescription {
    writeFileSync(pathOf('cdk.tf.json'), content);
    return readTerraform(pathOf('cdk.tf.json'));
  }

  const work = { function_name: 'a-work', handler: 'i.h', timeout: 1, memory_size: 128 };
  const integration = {
    integration_type: 'AWS_PROXY',
    integration_uri: 'arn:aws:lambda:r:1:function:${aws_lambda_function.work.function_name}:live',
    payload_format_version: '2.0',
  };
  const route = { route_key: 'GET /', target: 'integrations/${aws_apigatewayv2_integration.work.id}' };
  const stateMachine = { name: 'a', definition: '{"$${x}":1}' };
  const metricAlarm = {
    alarm_name: 'a-alarm',
    comparison_operator: 'GreaterThanThreshold',
    threshold: 1,
    evaluation_periods: 3,
    namespace: 'n',
    metric_name: 'm',
    period: 60,
    extended_statistic: 'p99',
    treat_missing_data: 'notBreaching',
  };
  const alarm = (changes: object) => ({ aws_cloudwatch_metric_alarm: { a: { ...metricAlarm, ...changes } } });
  const metricQuery = { id: 'm1', metric: { namespace: 'n', metric_name: 'm', period: 60, stat: 'Sum' } };
  const math = (metrics: number, ...expressions: readonly object[]) => {
    const queries = Array.from({ length: metrics }, (_, index) => ({ ...metricQuery, id: `m${index + 1}` }));
    return alarm({ metric_query: [...queries, ...expressions] });
  };
  const rate = (expression: string) => math(1, { id: 'rate', expression, return_data: true });
  const sum = (id: string, return_data?: boolean) => ({ id, expression: 'm1 + m2', return_data });
  const functions = (changes: object) => ({ aws_lambda_function: { work: { ...work, ...changes } } });
  const index = (types: readonly string[]) => {
    const key_schema = types.map((key_type) => ({ attribute_name: 'a', key_type }));
    const of = { name: 'i', key_schema, projection_type: 'ALL' };
    return { aws_dynamodb_table: { t: { name: 't', hash_key: 'a', attribute: [], global_secondary_index: [of] } } };
  };
  const rule = (changes: object) => ({ aws_cloudwatch_event_rule: { r: { name: 'r', ...changes } } });
  const minimal = {
    aws_apigatewayv2_api: { it: { name: 'a' } },
    aws_apigatewayv2_authorizer: { jwt: { jwt_configuration: { issuer: 'https://i/', audience: ['a'] } } },
    aws_sfn_state_machine: { it: stateMachine },
    aws_lambda_function: { work },
    aws_apigatewayv2_integration: { work: integration },
    aws_apigatewayv2_route: { get: { ...route, authorization_type: 'NONE' } },
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

  it('reads what is left out, and a reserved concurrency: -1 is none, 0 switches a function off', () => {
    const stack = readWith({});
    expect(stack.functions[0]?.environment).to.deep.equal({});
    expect(stack.routes).to.deep.equal([{ routeKey: 'GET /', functionName: 'a-work', authorizer: false }]);
    expect(stack.stateMachine.definition).to.deep.equal({ '${x}': 1 });
    const reserved = [-1, 0, 48].map(
      (reserved_concurrent_executions) =>
        readWith(functions({ reserved_concurrent_executions })).functions[0]?.reservedConcurrency,
    );
    expect(reserved).to.deep.equal([undefined, 0, 48]);
    const [onPercentile] = readWith(alarm({})).alarms;
    const metric = { namespace: 'n', metricName: 'm', dimensions: {} };
    expect(onPercentile).to.deep.include({ evaluationPeriods: 3, datapointsToAlarm: 3, returned: 'm1' });
    expect(onPercentile?.queries).to.deep.equal([{ id: 'm1', source: { metric, statistic: 'p99' } }]);
    const missing = [{}, { treat_missing_data: 'missing' }, { namespace: 'AWS/DynamoDB' }];
    expect(missing.map((changes) => readWith(alarm(changes)).alarms[0]?.missingData)).to.deep.equal([
      'notBreaching',
      'missing',
      // Whatever the alarm says.
      'ignore',
    ]);
  });

  for (const [title, resources, message] of [
    ['a function without a timeout', functions({ timeout: undefined }), 'aws_lambda_function.work lacks timeout'],
    ['a reference to nothing', functions({ handler: '${aws_sns_topic.gone.arn}' }), 'there is no aws_sns_topic.gone'],
    ['a function call', functions({ handler: '${jsonencode({"a" = 1})}' }), 'only references'],
    ['an index without keys', index([]), 'aws_dynamodb_table.t: global_secondary_index lacks a HASH key'],
    ['a key of no kind', index(['PARTITION']), 'key_type must be HASH or RANGE'],
    ['an index with two partition attributes', index(['HASH', 'HASH']), 'the local DynamoDB takes one HASH key'],
    ['no state machine', { aws_sfn_state_machine: {} }, 'needs one aws_sfn_state_machine, but there are 0'],
    [
      'an integration with a function of another stack',
      { aws_apigatewayv2_integration: { work: { ...integration, integration_uri: 'arn:aws:lambda:r:1:function:b' } } },
      'aws_apigatewayv2_integration.work: integration_uri is arn:aws:lambda:r:1:function:b, which is no function',
    ],
    [
      'a filter that the local stack does not know',
      rule({ event_pattern: '{"source":[{"prefix":"aws"}]}' }),
      'aws_cloudwatch_event_rule.r: The local event bus does not know the filter of source',
    ],
    ['a statistic that is none', alarm({ statistic: 'Median' }), 'the local CloudWatch knows no statistic Median'],
    [
      'missing data of no kind',
      alarm({ treat_missing_data: 'fine' }),
      'treat_missing_data must be missing or ignore or',
    ],
    ['metric math that is not known', rate('RATE(m1)'), 'metric_query: The expression RATE(m1) cannot be used'],
    ['more metrics than CloudWatch takes', math(11, sum('a', true)), 'takes 10 queries with metric, not 11'],
    [
      'more expressions than CloudWatch takes',
      math(2, sum('a', true), ...Array.from({ length: 10 }, (_, index) => sum(`a${index}`))),
      'takes 10 queries with expression, not 11',
    ],
    ['metric math whose value is that of none', math(2, sum('a', false)), 'needs one metric_query that returns data'],
    ['metric math whose value is that of two', math(2, sum('a', true), sum('b', true)), 'needs one metric_query'],
  ] as const) {
    it(`names what is wrong with ${title}`, () => {
      expect(() => readWith(resources)).to.throw(TerraformError, message);
    });
  }

  it('names the file that is missing, how to make it, and what is no JSON or JSON of another kind', () => {
    const gone = pathOf('gone.json');
    expect(() => readTerraform(gone)).to.throw(TerraformError, `${gone} cannot be read: run make synth`);
    expect(() => read('{')).to.throw(TerraformError, `${pathOf('cdk.tf.json')} is no JSON`);
    expect(() => read('{}')).to.throw('the document lacks provider');
  });
});
