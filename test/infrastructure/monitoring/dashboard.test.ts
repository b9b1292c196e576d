import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { LAMBDAS } from '../../../modules/workflow/function-table.ts';
import { at, prod, resourcesOf, type Synthesized, synthesizeStage, withProd } from '../synthesized.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly markdown?: string;
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly (string | Readonly<Record<string, unknown>>)[])[];
    readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
  };
}

const dashboardOf = (stage: Synthesized) => at(stage, 'aws_cloudwatch_dashboard.monitoring_dashboard_dashboard');
const widgetsOf = (stage: Synthesized): readonly Widget[] =>
  JSON.parse(String(dashboardOf(stage).dashboard_body)).widgets;
const widgets = widgetsOf(prod);
const graphs = new Map(widgets.map(({ properties }) => [properties.title, properties]));
const linesOf = ({ annotations }: Widget['properties']) => (annotations?.horizontal ?? []).map(({ value }) => value);

/** `statistic namespace name value…` of every metric in a graph, or the expression. */
function drawn({ metrics = [] }: Widget['properties']): readonly string[] {
  return metrics.map((line) => {
    const options = Object(line.find((part) => typeof part === 'object'));
    return options.expression ?? [options.stat, ...line.filter((part) => typeof part === 'string')].join(' ');
  });
}

const PREFIX = 'goal-activity-prod';
const own = (statistic: string, ...names: readonly string[]) =>
  names.map((name) => `${statistic} GoalActivity/prod ${name}`);
const ofStates = (...names: readonly string[]) =>
  names.map(
    (name) =>
      `Sum AWS/States Execution${name} StateMachineArn arn:aws:states:ap-northeast-1:111122223333:stateMachine:${PREFIX}`,
  );
const ofApi = (statistic: string, ...names: readonly string[]) =>
  names.map((name) => `${statistic} AWS/ApiGateway ${name} ApiId \${aws_apigatewayv2_api.http_api.id}`);
const ofLambdas = (statistic: string, name: string) =>
  LAMBDAS.map((lambda) => `${statistic} AWS/Lambda ${name} FunctionName ${PREFIX}-${lambda}`);
const ofTable = (name: string) => [
  ...['ReadThrottleEvents', 'WriteThrottleEvents'].map((event) => `Sum AWS/DynamoDB ${event} TableName ${name}`),
  `SEARCH('{AWS/DynamoDB,TableName,GlobalSecondaryIndexName} TableName="${name}" MetricName=("ReadThrottleEvents" OR "WriteThrottleEvents")', 'Sum', 300)`,
];

/** What each graph draws, and at which values it has a line: those of the alarms, and of the limits. */
const GRAPHS: Readonly<Record<string, readonly [metrics: readonly string[], ...lines: readonly number[]]>> = {
  'Executions by result': [
    own(
      'Sum',
      ...['Succeeded', 'PartiallySucceeded', 'Failed', 'TimedOut', 'Aborted'].map((end) => `Executions${end}`),
    ),
  ],
  'Executions at Step Functions': [ofStates('sStarted', 'sSucceeded', 'sFailed', 'sTimedOut', 'sAborted', 'Throttled')],
  'Success rate (saved actions) and failure rate (executions), percent': [
    [
      ...own('Average', 'SuccessRate'),
      ...ofStates('sFailed', 'sTimedOut', 'sSucceeded'),
      'FILL(failed, 0) + FILL(timedout, 0)',
      'bad + FILL(succeeded, 0)',
      'IF(ended > 0, 100 * bad / ended, 0)',
    ],
    10,
  ],
  'Duration of an execution, ms': [
    ['Average', 'p90', 'Maximum'].flatMap((statistic) => own(statistic, 'ExecutionDuration')),
    900_000,
  ],
  'Actions that failed': [own('Sum', 'ActionFailures', 'ActionFailuresOutOfRetries')],
  'Tasks saved': [own('Sum', 'TasksSaved')],
  'AI: time of a call that gave tasks, ms': [
    ['Average', 'p90', 'Maximum'].flatMap((statistic) => own(statistic, 'AiLatency')),
    5_000,
  ],
  'AI: calls and what became of them': [
    ['Invocations', 'InvocationThrottles', 'InvocationClientErrors', 'InvocationServerErrors'].map(
      (name) => `Sum AWS/Bedrock ${name} ModelId ${settings.prod.modelId}`,
    ),
  ],
  'AI: tokens': [own('Sum', 'InputTokens', 'OutputTokens')],
  'AI: estimated cost an hour, USD': [own('Sum', 'EstimatedCost')],
  'Lambda: errors': [ofLambdas('Sum', 'Errors')],
  'Lambda: throttles': [ofLambdas('Sum', 'Throttles')],
  'Lambda: concurrency': [ofLambdas('Maximum', 'ConcurrentExecutions'), 24 * settings.prod.concurrentRuns],
  'Lambda: duration p90, ms': [ofLambdas('p90', 'Duration')],
  'API: requests and errors': [ofApi('Sum', 'Count', '4xx', '5xx')],
  'API: latency, ms': [[...ofApi('p50', 'Latency'), ...ofApi('p99', 'Latency', 'IntegrationLatency')], 3_000],
  'DynamoDB: throttled reads and writes': [
    ['goals', 'tasks', 'workflow-executions'].flatMap((table) => ofTable(`${PREFIX}-${table}`)),
  ],
  'Dead letters': [
    ['', 'sweep-', 'archive-'].map(
      (queue) => `Maximum AWS/SQS ApproximateNumberOfMessagesVisible QueueName ${PREFIX}-${queue}dead-letters`,
    ),
  ],
  'Archive: how long the oldest execution waits, s': [own('Maximum', 'OldestUnarchivedAge'), 86_400],
};

describe('dashboard', () => {
  it('has the name of the stage’s prefix, and every graph shows the stage’s region', () => {
    expect(dashboardOf(prod).dashboard_name).to.equal(PREFIX);
    const shown = widgets.filter(({ type }) => type === 'metric').map(({ properties }) => properties);
    expect(shown.map(({ title }) => title)).to.deep.equal(Object.keys(GRAPHS));
    expect(new Set(shown.map(({ region }) => region))).to.deep.equal(new Set([settings.prod.region]));
  });

  it('begins with a link to the runbook and the state of every alarm', () => {
    const [first, second] = widgets;
    expect(first?.properties.markdown).to.include(`(${settings.prod.runbookUrl})`);
    expect(second?.properties.alarms).to.have.members(
      Object.keys(resourcesOf(prod, 'aws_cloudwatch_metric_alarm')).map(
        (name) => `\${aws_cloudwatch_metric_alarm.${name}.arn}`,
      ),
    );
  });

  it('keeps its widgets on the grid of 24 columns, none on top of another', () => {
    const taken = widgets.flatMap(({ x, y, width, height }) => {
      expect(x + width).to.be.at.most(24);
      return Array.from(
        { length: width * height },
        (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
      );
    });
    expect(new Set(taken).size).to.equal(taken.length);
  });

  for (const [title, [metrics, ...lines]] of Object.entries(GRAPHS)) {
    it(`shows ${title}`, () => {
      const graph = graphs.get(title) ?? { title };
      expect(drawn(graph)).to.have.members([...metrics]);
      expect(linesOf(graph)).to.deep.equal(lines);
    });
  }

  it('draws no line for reserved concurrency where there is none', () => {
    const shared = widgetsOf(synthesizeStage('prod', withProd({ concurrentRuns: undefined })));
    const concurrency = shared.find(({ properties }) => properties.title === 'Lambda: concurrency');
    expect(linesOf(concurrency?.properties ?? { title: '' })).to.deep.equal([]);
  });
});
