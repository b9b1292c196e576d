import { globSync } from 'node:fs';
import { expect } from 'chai';
import { ROOT, read } from '../../documents.ts';
import { at, prod, resourcesOf } from '../synthesized.ts';

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly metrics?: readonly (readonly (string | Readonly<Record<string, unknown>>)[])[];
  };
}

const { dashboard_body: body } = at(prod, 'aws_cloudwatch_dashboard.monitoring_dashboard_dashboard');
const widgets: readonly Widget[] = JSON.parse(String(body)).widgets;
const OWN = 'GoalActivity/prod';
/** Whatever a Lambda may write as a metric's name, and what is counted in logs. */
const written = [
  ...globSync('lambdas/*/src/**/*.ts', { cwd: ROOT }).flatMap((file) => read(file).match(/'[A-Z]\w+'/g) ?? []),
  ...Object.values(resourcesOf(prod, 'aws_cloudwatch_log_metric_filter')).map(
    ({ metric_transformation: metric }) => `'${Object(metric).name}'`,
  ),
];

describe('dashboard', () => {
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
      /^AWS\/(States \w+ StateMachineArn|Events \w+ RuleName|SNS \w+ TopicName|Lambda \w+ FunctionName|Bedrock \w+ ModelId|ApiGateway \w+ ApiId|DynamoDB \w+ TableName|SQS \w+ QueueName) /;
    const drawn = widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      .map((line) => line.filter((part) => typeof part === 'string').join(' '))
      .filter((line) => line !== '');
    const ours = drawn.filter((line) => line.startsWith(`${OWN} `)).map((line) => line.split(' ').at(-1));
    expect(drawn.filter((line) => !dimensions.test(line))).to.have.length(ours.length);
    const alarms = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm'));
    const watched = alarms.filter(({ namespace }) => namespace === OWN).map(({ metric_name: name }) => name);
    expect([...ours, ...watched].filter((name) => !written.includes(`'${name}'`))).to.deep.equal([]);
    expect(ours).to.include.members(['ExecutionsPartiallySucceeded', 'SuccessRate', 'EstimatedCost', ...watched]);
  });
});
