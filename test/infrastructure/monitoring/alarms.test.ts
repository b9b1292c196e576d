import { expect } from 'chai';
import { parseExpression } from '../../../local/aws/cloudwatch/expression.ts';
import { failureRate } from '../../../modules/monitoring/metrics.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../../modules/synth-error.ts';
import { LAMBDAS } from '../../../modules/workflow/function-table.ts';
import { FUNCTION_OF_PLACEHOLDER } from '../../../statemachine/definition.ts';
import { prod, type Resource, resourcesOf, synthesizeStage, withProd } from '../synthesized.ts';

const PREFIX = 'goal-activity-prod-';
const MACHINE = 'StateMachineArn=arn:aws:states:ap-northeast-1:111122223333:stateMachine:goal-activity-prod';
const API = 'ApiId=${aws_apigatewayv2_api.http_api.id}';
const FIVE_MINUTES = '300 s';

const nameOf = ({ alarm_name: name }: Resource) => String(name).slice(PREFIX.length);
const alarms = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm'));

/** `Sum of AWS/Lambda Errors FunctionName=x, 300 s`: a metric and how its values become one. */
function metricOf({ namespace, metric_name, dimensions = {}, stat, statistic, extended_statistic, period }: Resource) {
  const named = Object.entries(Object(dimensions)).map(([name, value]) => ` ${name}=${value}`);
  return `${stat ?? statistic ?? extended_statistic} of ${namespace} ${metric_name}${named.join('')}, ${period} s`;
}

/** When an alarm goes off, in one line. */
function trigger(alarm: Resource): string {
  const { metric_query: queries, comparison_operator: comparison, threshold } = alarm;
  const watched = Array.isArray(queries)
    ? queries.map(({ id, expression, metric }) => `${id} = ${expression ?? metricOf(metric)}`).join('; ')
    : metricOf(alarm);
  const operator = { GreaterThanThreshold: '>', GreaterThanOrEqualToThreshold: '>=' }[String(comparison)];
  return `${watched} ${operator} ${threshold}, ${alarm.datapoints_to_alarm} of ${alarm.evaluation_periods}`;
}

const STEPS: readonly string[] = Object.values(FUNCTION_OF_PLACEHOLDER);
/** Steps that fail as a part of normal work. */
const FALLIBLE = ['generate-tasks', 'save-tasks'];
const ofLambda = (metric: string, lambda: string) =>
  `Sum of AWS/Lambda ${metric} FunctionName=${PREFIX}${lambda}, ${FIVE_MINUTES}`;

/** A step is retried, so only the third error says that retries do not help; elsewhere one is a defect. */
function errorsOf(lambda: string): string {
  if (!FALLIBLE.includes(lambda)) return `${ofLambda('Errors', lambda)} >= ${STEPS.includes(lambda) ? 3 : 1}, 1 of 1`;
  const rate = 'IF(FILL(invocations, 0) > 0, 100 * FILL(errors, 0) / invocations, 0)';
  const metrics = `errors = ${ofLambda('Errors', lambda)}; invocations = ${ofLambda('Invocations', lambda)}`;
  return `${metrics}; rate = ${rate} > 25, 2 of 3`;
}

/** When each alarm goes off. */
const TRIGGERS: Readonly<Record<string, string>> = {
  'failure-rate': [
    ...[
      ['failed', 'Failed'],
      ['timedout', 'TimedOut'],
      ['succeeded', 'Succeeded'],
    ].map(([id, end]) => `${id} = Sum of AWS/States Executions${end} ${MACHINE}, ${FIVE_MINUTES}`),
    'bad = FILL(failed, 0) + FILL(timedout, 0)',
    'ended = bad + FILL(succeeded, 0)',
    'rate = IF(ended > 0, 100 * bad / ended, 0) > 10, 1 of 1',
  ].join('; '),
  'execution-timeouts': `Sum of AWS/States ExecutionsTimedOut ${MACHINE}, 60 s >= 1, 1 of 1`,
  'ai-latency': 'Average of GoalActivity/prod AiLatency, 900 s > 5000, 1 of 1',
  'ai-throttles': `Sum of AWS/Bedrock InvocationThrottles ModelId=${settings.prod.modelId}, ${FIVE_MINUTES} > 10, 1 of 1`,
  // Stays on between two runs of the hourly archiver.
  'archive-behind': 'Maximum of GoalActivity/prod OldestUnarchivedAge, 7200 s > 86400, 1 of 1',
  'api-5xx': `Sum of AWS/ApiGateway 5xx ${API}, ${FIVE_MINUTES} >= 3, 1 of 1`,
  'api-p99': `p99 of AWS/ApiGateway Latency ${API}, ${FIVE_MINUTES} > 3000, 3 of 3`,
  ...Object.fromEntries(
    Object.entries({ 'status-events': '', sweep: 'sweep-', archive: 'archive-' }).map(([id, queue]) => [
      `dead-letters-not-empty-${id}`,
      `Maximum of AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${PREFIX}${queue}dead-letters, 60 s > 0, 1 of 1`,
    ]),
  ),
  ...Object.fromEntries(
    LAMBDAS.flatMap((lambda) => [
      [`lambda-errors-${lambda}`, errorsOf(lambda)],
      // Of generate-tasks, whose concurrency is reserved, throttling is a way of queueing.
      [
        `lambda-throttles-${lambda}`,
        `${ofLambda('Throttles', lambda)} >= 1, ${lambda === 'generate-tasks' ? '3 of 3' : '1 of 1'}`,
      ],
    ]),
  ),
};

describe('alarms', () => {
  it('are those of the table, no more and no fewer', () => {
    expect(alarms.map(nameOf)).to.have.members(Object.keys(TRIGGERS));
  });

  for (const alarm of alarms) {
    it(`${nameOf(alarm)} goes off when it should, and tells the alerts topic with its own runbook`, () => {
      expect(trigger(alarm)).to.equal(TRIGGERS[nameOf(alarm)]);
      expect(alarm.alarm_actions).to.deep.equal(['${aws_sns_topic.topics_alerts.arn}']);
      const [, url, anchor] = / Runbook: (\S+)#alarm-(\S+)$/.exec(String(alarm.alarm_description)) ?? [];
      expect(url).to.equal(settings.prod.runbookUrl);
      expect(nameOf(alarm)).to.match(new RegExp(`^${anchor}`));
    });
  }

  it('wake people for failing and timed-out executions and for an API that fails, and for nothing else', () => {
    const high = alarms.filter(({ alarm_description: text }) => String(text).startsWith('HIGH PRIORITY'));
    expect(high.map(nameOf)).to.have.members(['failure-rate', 'execution-timeouts', 'api-5xx']);
  });

  it('tell the end of trouble for the failure rate alone', () => {
    const told = alarms.filter((alarm) => 'ok_actions' in alarm);
    expect(told.map((alarm) => [nameOf(alarm), alarm.ok_actions])).to.deep.equal([
      ['failure-rate', ['${aws_sns_topic.topics_alerts.arn}']],
    ]);
  });

  it('take every throttled generate-tasks for trouble where no concurrency is reserved for it', () => {
    const shared = resourcesOf(
      synthesizeStage('prod', withProd({ concurrentRuns: undefined })),
      'aws_cloudwatch_metric_alarm',
    );
    const throttles = shared.monitoring_alarms_lambda_throttles_generate_tasks ?? {};
    expect(trigger(throttles)).to.equal(`${ofLambda('Throttles', 'generate-tasks')} >= 1, 1 of 1`);
  });
});

describe('limits of CloudWatch for alarms', () => {
  it('hold for every alarm: 10 metrics, 10 expressions, a day', () => {
    for (const { metric_query: queries, period, evaluation_periods: periods } of alarms) {
      const lines: readonly Resource[] = Array.isArray(queries) ? queries : [];
      expect(lines.filter(({ metric }) => metric !== undefined)).to.have.length.below(11);
      expect(lines.filter(({ expression }) => expression !== undefined)).to.have.length.below(11);
      expect(Number(period ?? 300) * Number(periods)).to.be.at.most(86_400);
    }
  });

  it('are told at synth where the settings make a description longer than 1024 characters', () => {
    const url = (length: number) => ({ runbookUrl: `https://example.com/${'x'.repeat(length - 20)}` });
    const longest = Math.max(...alarms.map(({ alarm_description: text }) => String(text).length));
    const room = 1024 - longest + settings.prod.runbookUrl.length;
    expect(() => synthesizeStage('prod', withProd(url(room)))).not.to.throw();
    expect(() => synthesizeStage('prod', withProd(url(room + 1)))).to.throw(SynthError, 'has 1025 characters');
  });
});

describe('failure-rate', () => {
  const { expressions, result } = failureRate((name) => ({ namespace: 'AWS/States', name, statistic: 'Sum' }));
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
