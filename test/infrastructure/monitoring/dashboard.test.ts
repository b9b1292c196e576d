import { Ajv } from 'ajv';
import { Testing } from 'cdktf';
import { expect } from 'chai';
import { Dashboard } from '../../../modules/monitoring/dashboard.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { jsonOf, prod, reference, resourceOf, resourcesOf, underscored } from '../synthesized.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly (string | Readonly<Record<string, unknown>>)[])[];
    readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
  };
}

const number = { type: 'number' };
const text = { type: 'string' };
const ajv = new Ajv();
const isBody = ajv.compile<{ widgets: readonly Widget[] }>({
  type: 'object',
  required: ['widgets'],
  properties: {
    widgets: {
      type: 'array',
      items: {
        type: 'object',
        required: ['type', 'x', 'y', 'width', 'height', 'properties'],
        properties: {
          type: { enum: ['text', 'alarm', 'metric'] },
          x: number,
          y: number,
          width: number,
          height: number,
          properties: {
            type: 'object',
            properties: {
              title: text,
              markdown: text,
              region: text,
              alarms: { type: 'array', items: text },
              metrics: { type: 'array', items: { type: 'array', items: { type: ['string', 'object'] } } },
              annotations: {
                type: 'object',
                required: ['horizontal'],
                properties: {
                  horizontal: {
                    type: 'array',
                    items: { type: 'object', required: ['value'], properties: { value: number } },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

function widgetsOf(body: unknown): readonly Widget[] {
  const parsed = jsonOf(body);
  if (!isBody(parsed)) throw new Error(ajv.errorsText(isBody.errors));
  return parsed.widgets;
}

const dashboard = resourceOf(prod, 'aws_cloudwatch_dashboard', 'monitoring_dashboard_dashboard');
const widgets = widgetsOf(dashboard.dashboard_body);

function graph(title: string): Widget['properties'] {
  const found = widgets.find(({ properties }) => properties.title === title);
  if (found === undefined) throw new Error(`no widget ${title}`);
  return found.properties;
}

/** `namespace name value…: statistic` of every metric in a graph. */
function drawn(title: string): readonly string[] {
  return (graph(title).metrics ?? []).flatMap((line) => {
    const [namespace, name, ...rest] = line.filter((part) => typeof part === 'string');
    const options = line.find((part) => typeof part === 'object');
    return namespace === undefined ? [] : [`${[namespace, name, ...rest].join(' ')}: ${String(options?.stat)}`];
  });
}

const perFunction = (metric: string, statistic: string) =>
  Object.keys(FUNCTIONS).map(
    (lambda) =>
      `AWS/Lambda ${metric} FunctionName ${reference(`aws_lambda_function.${underscored(lambda)}_function.function_name`)}: ${statistic}`,
  );
const STATE_MACHINE = `StateMachineArn ${reference('aws_sfn_state_machine.workflow_state_machine.arn')}`;
const API = `ApiId ${reference('aws_apigatewayv2_api.http_api.id')}`;
const OWN = 'GoalActivity/prod';

describe('dashboard', () => {
  it('has the name of the stage’s prefix, and every graph shows the stage’s region', () => {
    expect(dashboard.dashboard_name).to.equal('goal-activity-prod');
    const graphs = widgets.filter(({ type }) => type === 'metric');
    expect(new Set(graphs.map(({ properties }) => properties.region))).to.deep.equal(new Set([settings.prod.region]));
  });

  it('begins with a link to the runbook and the state of every alarm', () => {
    const [first, second] = widgets;
    expect(first?.properties.markdown).to.include(`(${settings.prod.runbookUrl})`);
    expect(second?.properties.alarms).to.have.members(
      Object.keys(resourcesOf(prod, 'aws_cloudwatch_metric_alarm')).map((name) =>
        reference(`aws_cloudwatch_metric_alarm.${name}.arn`),
      ),
    );
  });

  it('keeps its widgets on the grid of 24 columns, none on top of another', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).to.be.at.most(24);
      for (let column = x; column < x + width; column += 1) {
        for (let line = y; line < y + height; line += 1) {
          expect(taken.has(`${column},${line}`), `two widgets at ${column},${line}`).to.equal(false);
          taken.add(`${column},${line}`);
        }
      }
    }
  });

  it('shows runs by result, from our own metrics and from Step Functions', () => {
    expect(drawn('Executions by result')).to.deep.equal(
      ['Succeeded', 'PartiallySucceeded', 'Failed', 'TimedOut', 'Aborted'].map((end) => `${OWN} Executions${end}: Sum`),
    );
    expect(drawn('Executions at Step Functions')).to.include.members(
      ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map(
        (name) => `AWS/States ${name} ${STATE_MACHINE}: Sum`,
      ),
    );
  });

  it('shows success rate, with the very expression of the failure-rate alarm and its threshold', () => {
    const { metrics, annotations } = graph('Success rate (saved actions) and failure rate (executions), percent');
    expect(metrics?.[0]).to.deep.equal([OWN, 'SuccessRate', { stat: 'Average', label: 'Saved actions' }]);
    expect(metrics?.at(-1)).to.deep.equal([
      { id: 'rate', expression: 'IF(ended > 0, 100 * bad / ended, 0)', label: 'Failed executions in percent' },
    ]);
    expect(annotations?.horizontal.map(({ value }) => value)).to.deep.equal([10]);
  });

  it('shows duration and AI latency with their limits, tokens and cost', () => {
    expect(drawn('Duration of an execution, ms')).to.include(`${OWN} ExecutionDuration: p90`);
    expect(graph('Duration of an execution, ms').annotations?.horizontal[0]?.value).to.equal(900_000);
    expect(drawn('AI: time of a call that gave tasks, ms')).to.include(`${OWN} AiLatency: Average`);
    expect(graph('AI: time of a call that gave tasks, ms').annotations?.horizontal[0]?.value).to.equal(5_000);
    expect(drawn('AI: tokens')).to.deep.equal([`${OWN} InputTokens: Sum`, `${OWN} OutputTokens: Sum`]);
    expect(drawn('AI: estimated cost an hour, USD')).to.deep.equal([`${OWN} EstimatedCost: Sum`]);
  });

  it('shows what Bedrock did with the calls of the id that is called', () => {
    expect(drawn('AI: calls and what became of them')).to.deep.equal(
      ['Invocations', 'InvocationThrottles', 'InvocationClientErrors', 'InvocationServerErrors'].map(
        (name) => `AWS/Bedrock ${name} ModelId ${settings.prod.modelId}: Sum`,
      ),
    );
  });

  it('shows errors, throttles and concurrency of every function', () => {
    expect(drawn('Lambda: errors')).to.have.members(perFunction('Errors', 'Sum'));
    expect(drawn('Lambda: throttles')).to.have.members(perFunction('Throttles', 'Sum'));
    expect(drawn('Lambda: concurrency')).to.have.members(perFunction('ConcurrentExecutions', 'Maximum'));
  });

  it('draws the concurrency that is reserved for generate-tasks', () => {
    const { reserved_concurrent_executions: reserved } = resourceOf(
      prod,
      'aws_lambda_function',
      'generate_tasks_function',
    );
    expect(graph('Lambda: concurrency').annotations?.horizontal.map(({ value }) => value)).to.deep.equal([reserved]);
  });

  it('shows requests, errors and latency of the HTTP API', () => {
    expect(drawn('API: requests and errors')).to.deep.equal(
      ['Count', '4xx', '5xx'].map((name) => `AWS/ApiGateway ${name} ${API}: Sum`),
    );
    expect(drawn('API: latency, ms')).to.include(`AWS/ApiGateway Latency ${API}: p99`);
  });

  it('shows throttling of every table, and by a search of its indexes', () => {
    const title = 'DynamoDB: throttled reads and writes';
    for (const table of ['goals', 'tasks', 'workflow_executions']) {
      const name = reference(`aws_dynamodb_table.tables_${table}.name`);
      expect(drawn(title)).to.include(`AWS/DynamoDB WriteThrottleEvents TableName ${name}: Sum`);
      expect(JSON.stringify(graph(title).metrics)).to.include(
        `SEARCH('{AWS/DynamoDB,TableName,GlobalSecondaryIndexName} TableName=\\"${name}\\"`,
      );
    }
  });

  it('shows every dead-letter queue, and how long the oldest execution waits to be archived', () => {
    expect(drawn('Dead letters')).to.have.members(
      Object.keys(resourcesOf(prod, 'aws_sqs_queue')).map(
        (queue) =>
          `AWS/SQS ApproximateNumberOfMessagesVisible QueueName ${reference(`aws_sqs_queue.${queue}.name`)}: Maximum`,
      ),
    );
    expect(drawn('Archive: how long the oldest execution waits, s')).to.deep.equal([
      'GoalActivity/prod OldestUnarchivedAge: Maximum',
    ]);
  });

  it('uses metrics of namespaces that exist alone', () => {
    const namespaces = widgets.flatMap(({ properties }) =>
      (properties.metrics ?? []).map(([namespace]) => namespace).filter((name) => typeof name === 'string'),
    );
    expect(new Set(namespaces)).to.deep.equal(
      new Set([OWN, 'AWS/States', 'AWS/Bedrock', 'AWS/Lambda', 'AWS/ApiGateway', 'AWS/DynamoDB', 'AWS/SQS']),
    );
  });
});

describe('dashboard of a stage without reserved concurrency', () => {
  it('draws no line for it', () => {
    const synthesized = Testing.synthScope((scope) => {
      new Dashboard(scope, 'dashboard', {
        prefix: 'p',
        region: 'eu-west-1',
        stateMachineArn: 'arn',
        functions: { goals: { functionName: 'p-goals' } },
        tableNames: ['t'],
        modelId: 'm',
        apiId: 'a',
        queues: [],
        metricsNamespace: 'N',
        runbookUrl: 'https://example.com',
        alarmArns: [],
      });
    });
    expect(synthesized).to.include('ConcurrentExecutions').and.not.include('Reserved for generate-tasks');
  });
});
