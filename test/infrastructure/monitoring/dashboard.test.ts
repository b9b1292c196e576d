import { globSync } from 'node:fs';
import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { LAMBDAS } from '../../../modules/workflow/function-table.ts';
import { ROOT, read } from '../../documents.ts';
import { at, bare, prod, resourcesOf, type Synthesized } from '../synthesized.ts';

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
function drawn(title: string): readonly string[] {
  return (graphs.get(title)?.metrics ?? []).map((line) => {
    const options = Object(line.find((part) => typeof part === 'object'));
    return options.expression ?? [options.stat, ...line.filter((part) => typeof part === 'string')].join(' ');
  });
}

const PREFIX = 'goal-activity-prod';
const OWN = 'GoalActivity/prod';
/** Whatever a Lambda may write as a metric's name. */
const written = globSync('lambdas/*/src/**/*.ts', { cwd: ROOT }).flatMap(
  (file) => read(file).match(/'[A-Z]\w+'/g) ?? [],
);
const alarms = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm'));
const thresholdOf = (alarm: string) => alarms.find((of) => of.alarm_name === `${PREFIX}-${alarm}`)?.threshold;

describe('dashboard', () => {
  it('shows the stage’s region, and begins with a link to the runbook and the state of every alarm', () => {
    expect(dashboardOf(prod).dashboard_name).to.equal(PREFIX);
    const [first, second, ...rest] = widgets;
    for (const { properties } of rest) expect(properties.region).to.equal(settings.prod.region);
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

  it('and alarms use our own metrics under the names that Lambdas write, and those of services that there are', () => {
    const dimensions =
      /AWS\/(States \w+ StateMachineArn|Lambda \w+ FunctionName|Bedrock \w+ ModelId|ApiGateway \w+ ApiId|DynamoDB \w+ TableName|SQS \w+ QueueName) /;
    const metrics = [...graphs.keys()].flatMap(drawn).filter((line) => line.includes('/') && !line.includes('('));
    const ours = metrics.filter((line) => line.includes(` ${OWN} `)).map((line) => line.split(' ').at(-1));
    expect(metrics.filter((line) => !dimensions.test(line))).to.have.length(ours.length);
    const watched = alarms.filter(({ namespace }) => namespace === OWN).map(({ metric_name: name }) => name);
    expect([...ours, ...watched].filter((name) => !written.includes(`'${name}'`))).to.deep.equal([]);
    expect(ours).to.include.members(['ExecutionsPartiallySucceeded', 'SuccessRate', 'EstimatedCost', ...watched]);
  });

  it('shows errors, throttles, concurrency and duration of every function', () => {
    for (const [title, line] of [
      ['Lambda: errors', 'Sum AWS/Lambda Errors'],
      ['Lambda: throttles', 'Sum AWS/Lambda Throttles'],
      ['Lambda: concurrency', 'Maximum AWS/Lambda ConcurrentExecutions'],
      ['Lambda: duration p90, ms', 'p90 AWS/Lambda Duration'],
    ] as const) {
      expect(drawn(title)).to.have.members(LAMBDAS.map((lambda) => `${line} FunctionName ${PREFIX}-${lambda}`));
    }
  });

  it('shows every dead-letter queue, and throttling of every table and, by a search, of its indexes', () => {
    const namesOf = (type: string) => Object.values(resourcesOf(prod, type)).map(({ name }) => String(name));
    for (const queue of namesOf('aws_sqs_queue'))
      expect(drawn('Dead letters').join('\n')).to.include(`QueueName ${queue}`);
    const throttled = drawn('DynamoDB: throttled reads and writes').join('\n');
    for (const table of namesOf('aws_dynamodb_table')) {
      expect(throttled).to.include(`Sum AWS/DynamoDB WriteThrottleEvents TableName ${table}`);
      expect(throttled).to.include(`SEARCH('{AWS/DynamoDB,TableName,GlobalSecondaryIndexName} TableName="${table}"`);
    }
  });

  it('draws the failure rate by the very expression of its alarm', () => {
    const queries = alarms.find((of) => of.alarm_name === `${PREFIX}-failure-rate`)?.metric_query;
    const expressions = Object.values(Object(queries)).flatMap((query) => Object(query).expression ?? []);
    const shown = drawn('Success rate (saved actions) and failure rate (executions), percent');
    expect(shown).to.include.members(expressions);
  });

  it('draws the thresholds of alarms, and the limits of an execution and of generate-tasks', () => {
    const shown = [...graphs].flatMap(([title, of]) => linesOf(of).map((value) => [title.split(/[:,(]/)[0], value]));
    expect(shown).to.deep.equal([
      ['Success rate ', thresholdOf('failure-rate')],
      ['Duration of an execution', 900_000],
      ['AI', thresholdOf('ai-latency')],
      ['Lambda', at(prod, 'aws_lambda_function.generate_tasks_function').reserved_concurrent_executions],
      ['API', thresholdOf('api-p99')],
      ['Archive', thresholdOf('archive-behind')],
    ]);
    // Without a reserved concurrency there is no line for it.
    expect(widgetsOf(bare).filter(({ properties }) => linesOf(properties).length > 0)).to.have.length(5);
  });
});
