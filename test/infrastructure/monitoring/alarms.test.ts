import { expect } from 'chai';
import { parseExpression } from '../../../local/aws/cloudwatch/expression.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../../modules/synth-error.ts';
import { at, bare, prod, resourcesOf, synthesizeStage, underscored, withProd } from '../synthesized.ts';

const alarmOf = (name: string, of = prod) =>
  at(of, `aws_cloudwatch_metric_alarm.monitoring_alarms_${underscored(name)}`);

/** When an alarm goes off: the threshold, and in how many periods out of how many. */
function triggerOf(name: string, of = prod): readonly unknown[] {
  const { comparison_operator: operator, threshold, datapoints_to_alarm, evaluation_periods } = alarmOf(name, of);
  return [operator === 'GreaterThanThreshold' ? '>' : '>=', threshold, datapoints_to_alarm, evaluation_periods];
}

type Sums = Readonly<Record<string, number>>;

/** Whether an alarm on metric math, as it is deployed, finds the sums of one period bad; by the name of each metric. */
function isBad(name: string, sums: Sums, of = prod): boolean {
  const queries = Object.values(Object(alarmOf(name, of).metric_query)).map((query) => Object(query));
  const reckon = (id: string): number | undefined => {
    const { metric, expression } = queries.find((query) => query.id === id);
    if (expression !== undefined) return parseExpression(expression).compute(reckon);
    return sums[metric.stat === 'Sum' ? metric.metric_name : metric.stat];
  };
  const returned = queries.find(({ return_data: isReturned }) => isReturned)?.id;
  return (reckon(returned) ?? 0) > Number(alarmOf(name, of).threshold);
}

// When failure-rate goes off, and that shares stay what they are when volume grows, is what test/properties/alarm.test.ts proves.
describe('alarms', () => {
  for (const [title, name, ...trigger] of [
    [
      'on the first error of the sweep, whose volume does not grow',
      'lambda-errors-reconcile-executions',
      '>=',
      1,
      1,
      1,
    ],
    ['when the archiver was throttled once', 'lambda-throttles-archive-executions', '>=', 1, 1, 1],
    ['on the first dead letter', 'dead-letters-not-empty-sweep', '>', 0, 1, 1],
    ['when a step that may fail fails in 10 of 15 minutes', 'lambda-errors-save-tasks', '>', 25, 2, 3],
    ['when generate-tasks, which so queues, is throttled always', 'lambda-throttles-generate-tasks', '>', 50, 3, 3],
  ] as const) {
    it(`go off ${title}`, () => {
      expect(triggerOf(name)).to.deep.equal(trigger);
    });
  }

  /** Sums that are not bad, and sums that are. */
  const CASES: Readonly<Record<string, readonly [fine: readonly Sums[], bad: readonly Sums[]]>> = {
    'lambda-errors-goals': [
      [{}, { Invocations: 2, Errors: 2 }, { Invocations: 300, Errors: 3 }, { Errors: 3 }],
      [
        { Invocations: 3, Errors: 3 },
        { Invocations: 299, Errors: 3 },
      ],
    ],
    'lambda-errors-get-actions': [[{ Invocations: 60, Errors: 3 }], [{ Invocations: 59, Errors: 3 }]],
    'lambda-errors-save-tasks': [
      [
        { Invocations: 9, Errors: 9 },
        { Invocations: 40, Errors: 10 },
      ],
      [{ Invocations: 39, Errors: 10 }],
    ],
    'lambda-throttles-goals': [
      [{ Throttles: 4 }, { Throttles: 5, Invocations: 495 }],
      [{ Throttles: 5 }, { Throttles: 5, Invocations: 494 }],
    ],
    'lambda-throttles-generate-tasks': [[{ Throttles: 500, Invocations: 500 }], [{ Throttles: 501, Invocations: 500 }]],
    'ai-throttles': [
      [{ InvocationThrottles: 9 }, { InvocationThrottles: 10, Invocations: 90 }],
      [{ InvocationThrottles: 10, Invocations: 89 }],
    ],
    'execution-timeouts': [
      [{ ExecutionsTimedOut: 2 }, { ExecutionsTimedOut: 3, ExecutionsSucceeded: 290, ExecutionsFailed: 7 }],
      [{ ExecutionsTimedOut: 3 }, { ExecutionsTimedOut: 3, ExecutionsSucceeded: 290, ExecutionsFailed: 6 }],
    ],
    'slow-executions': [
      [
        { Executions: 2, SlowExecutions: 2 },
        { Executions: 12, SlowExecutions: 3 },
      ],
      [{ Executions: 11, SlowExecutions: 3 }],
    ],
    'api-5xx': [
      [
        { Count: 2, '5xx': 2 },
        { Count: 300, '5xx': 3 },
      ],
      [{ Count: 299, '5xx': 3 }],
    ],
    'ai-latency': [
      [{ Average: 9_000 }, { Average: 9_000, SampleCount: 23 }, { Average: 5_000, SampleCount: 24 }],
      [{ Average: 5_001, SampleCount: 24 }],
    ],
    'api-p99': [[{ p99: 9_000, SampleCount: 99 }], [{ p99: 3_001, SampleCount: 100 }]],
  };
  for (const [name, [fine, bad]] of Object.entries(CASES)) {
    it(`go off by share, and only of enough: ${name}`, () => {
      expect(fine.filter((sums) => isBad(name, sums))).to.deep.equal([]);
      expect(bad.filter((sums) => !isBad(name, sums))).to.deep.equal([]);
    });
  }

  it('take a throttled generate-tasks for trouble as of any other function where no concurrency is reserved for it', () => {
    const name = 'lambda-throttles-generate-tasks';
    expect(triggerOf(name, bare)).to.deep.equal(['>', 1, 1, 1]);
    expect(isBad(name, { Throttles: 5, Invocations: 400 }, bare)).to.equal(true);
  });

  it('are refused at synth where the settings make a description longer than the 1024 characters of CloudWatch', () => {
    const url = (length: number) => ({ runbookUrl: `https://example.com/${'x'.repeat(length - 20)}` });
    const alarms = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm'));
    const longest = Math.max(...alarms.map(({ alarm_description: text }) => String(text).length));
    const room = 1024 - longest + settings.prod.runbookUrl.length;
    expect(() => synthesizeStage('prod', withProd(url(room)))).not.to.throw();
    expect(() => synthesizeStage('prod', withProd(url(room + 1)))).to.throw(SynthError, 'has 1025 characters');
  });
});
