import { expect } from 'chai';
import { parseExpression } from '../../../local/aws/cloudwatch/expression.ts';
import { mathOf } from '../../../modules/monitoring/alarms.ts';
import { sumOf } from '../../../modules/monitoring/metrics.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../../modules/synth-error.ts';
import { at, bare, full, prod, resourcesOf, synthesizeStage, underscored, withProd } from '../synthesized.ts';

const alarmOf = (name: string, of = prod) =>
  at(of, `aws_cloudwatch_metric_alarm.monitoring_alarms_${underscored(name)}`);

const OPERATORS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
};

/** When an alarm goes off: the threshold, and in how many periods out of how many. */
function triggerOf(name: string, of = prod): readonly unknown[] {
  const { comparison_operator: operator, threshold, datapoints_to_alarm, evaluation_periods } = alarmOf(name, of);
  return [OPERATORS[String(operator)], threshold, datapoints_to_alarm, evaluation_periods];
}

/** Of an index, `<index> <name>`. */
type Sums = Readonly<Record<string, number>>;

/** Whether an alarm on metric math, as it is deployed, finds the sums of one period bad; by the name of each metric. */
function isBad(name: string, sums: Sums, of = prod): boolean {
  const queries = Object.values(Object(alarmOf(name, of).metric_query)).map((query) => Object(query));
  const reckon = (id: string): number | undefined => {
    const { metric, expression } = queries.find((query) => query.id === id);
    if (expression !== undefined) return parseExpression(expression).compute(reckon);
    const { GlobalSecondaryIndexName: index, APIName: call } = Object(metric.dimensions);
    const name = [index, call, metric.metric_name].filter((part) => part !== undefined).join(' ');
    return sums[metric.stat === 'Sum' ? name : metric.stat];
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
    ['on the first event that was lost', 'events-lost-status-events', '>', 0, 1, 1],
    ['on the first message that nobody got', 'messages-undelivered-alerts', '>', 0, 1, 1],
    ['when Step Functions holds up transitions for 15 minutes', 'workflow-throttles-transitions', '>=', 100, 3, 3],
    ['when it refuses calls for 15 minutes', 'workflow-throttles-calls', '>=', 100, 3, 3],
    ['when a table is throttled in 10 of 15 minutes', 'database-throttles-tasks', '>', 1, 2, 3],
    ['when an execution waits for the archive longer than a day', 'archive-behind', '>', 86_400, 1, 1],
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
    'api-throttles': [
      [{ ThrottledRequests: 9 }, { ThrottledRequests: 10, Count: 990 }],
      [{ ThrottledRequests: 10 }, { ThrottledRequests: 10, Count: 989 }],
    ],
    'database-throttles-executions': [
      [
        {},
        { ReadThrottleEvents: 9, ConsumedReadCapacityUnits: 1 },
        { 'byRunning WriteThrottleEvents': 10, ConsumedWriteCapacityUnits: 500, ConsumedReadCapacityUnits: 490 },
      ],
      [
        { WriteThrottleEvents: 10 },
        { 'byRunning WriteThrottleEvents': 10, ConsumedWriteCapacityUnits: 500, ConsumedReadCapacityUnits: 489 },
        { 'byUser ReadThrottleEvents': 5, 'byGoal ReadThrottleEvents': 5 },
      ],
    ],
    'workflow-throttles-transitions': [[{}, { ExecutionThrottled: 99 }], [{ ExecutionThrottled: 101 }]],
    'workflow-throttles-calls': [
      [{}, { 'StartExecution ThrottledEvents': 99 }],
      [{ 'StartExecution ThrottledEvents': 60, 'DescribeExecution ThrottledEvents': 41 }],
    ],
    'events-lost-sweep': [
      [{}],
      [{ FailedInvocations: 1 }, { InvocationsFailedToBeSentToDlq: 1 }, { DestinationDeliveryFailures: 1 }],
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

  for (const [lambda, seconds] of [
    ['reconcile-executions', 300],
    ['archive-executions', 3_600],
  ] as const) {
    it(`tell of ${lambda} when it has not run three times, and not by ALARM, in which a new stage would be at once`, () => {
      const name = `schedule-stopped-${lambda}`;
      const { alarm_actions: alerts, ...alarm } = alarmOf(name);
      expect(alarm).to.deep.include({
        metric_name: 'Invocations',
        dimensions: { FunctionName: `goal-activity-prod-${lambda}` },
        period: seconds,
        treat_missing_data: 'missing',
        insufficient_data_actions: alerts,
      });
      expect(triggerOf(name)).to.deep.equal(['<', 1, 3, 3]);
      // That it is well again, as after the first deploy, is told to nobody.
      expect(alarm).to.not.have.property('ok_actions');
    });
  }

  it('take a throttled generate-tasks for trouble as of any other function where no concurrency is reserved for it', () => {
    const name = 'lambda-throttles-generate-tasks';
    expect(triggerOf(name, bare)).to.deep.equal(['>', 1, 1, 1]);
    expect(isBad(name, { Throttles: 5, Invocations: 400 }, bare)).to.equal(true);
  });

  it('say the same in the language of the stage, with the same numbers and the runbook of that language', () => {
    const described = (of: typeof prod) =>
      Object.entries(resourcesOf(of, 'aws_cloudwatch_metric_alarm')).map(
        ([name, { alarm_description: text }]) => [name, String(text)] as const,
      );
    const english = new Map(described(prod));
    for (const [name, text] of described(full)) {
      const other = english.get(name) ?? '';
      const [, priority, meaning = '', anchor] =
        /^優先度(HIGH|MEDIUM|LOW)：(.+。)手順書：https:\/\/example\.com\/docs\/ja\/operations\.md#(.+)$/.exec(text) ??
        [];
      expect(other, name).to.match(new RegExp(`^${priority} PRIORITY: .*#${anchor}$`));
      expect(meaning.replaceAll(/[\w-]+/g, ''), name).not.to.match(/[ ?!()%]{2}|: /);
      const numbersIn = (of: string) => of.match(/(?<![\w-])\d(?:[\d,]*\d)?/g) ?? [];
      expect(numbersIn(meaning), `${name}: ${text}`).to.include.members(numbersIn(other.split(' Runbook: ')[0] ?? ''));
    }
    const languages = [prod, full].map((of) => String(JSON.stringify(of).match(/"MESSAGE_LANGUAGE":"\w+"/)));
    expect(languages).to.deep.equal(['"MESSAGE_LANGUAGE":"en"', '"MESSAGE_LANGUAGE":"ja"']);
  });

  it('are refused at synth where the settings make a description longer than the 1024 characters of CloudWatch', () => {
    const url = (length: number) => ({ runbookUrl: `https://example.com/${'x'.repeat(length - 20)}` });
    const alarms = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm'));
    const longest = Math.max(...alarms.map(({ alarm_description: text }) => String(text).length));
    const room = 1024 - longest + settings.prod.runbookUrl.length;
    expect(() => synthesizeStage('prod', withProd(url(room)))).not.to.throw();
    expect(() => synthesizeStage('prod', withProd(url(room + 1)))).to.throw(SynthError, 'has 1025 characters');
  });

  it('are refused at synth where they watch more than the 10 metrics of CloudWatch', () => {
    const metrics = (count: number) =>
      Array.from({ length: count }, () => ({ namespace: 'n', name: 'm', statistic: 'Sum' }));
    expect(mathOf('wide', sumOf(metrics(10), 'all'), 60).metricQuery).to.have.length(11);
    expect(() => mathOf('wide', sumOf(metrics(11), 'all'), 60)).to.throw(
      SynthError,
      'wide: it watches 11 metrics, but CloudWatch takes 10',
    );
  });
});
