import { expect } from 'chai';
import { parseExpression } from '../../../local/aws/cloudwatch/expression.ts';
import { failureRate } from '../../../modules/monitoring/metrics.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../../modules/synth-error.ts';
import { LAMBDAS } from '../../../modules/workflow/function-table.ts';
import { FUNCTION_OF_PLACEHOLDER } from '../../../statemachine/definition.ts';
import { at, bare, prod, type Resource, resourcesOf, synthesizeStage, withProd } from '../synthesized.ts';

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

const ends = { failed: 'Failed', timedout: 'TimedOut', succeeded: 'Succeeded' };
const queues = { 'status-events': '', sweep: 'sweep-', archive: 'archive-' };

/** When each alarm goes off. */
const TRIGGERS: Record<string, string> = {
  'failure-rate': [
    ...Object.entries(ends).map(
      ([id, end]) => `${id} = Sum of AWS/States Executions${end} ${MACHINE}, ${FIVE_MINUTES}`,
    ),
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
};
for (const [id, queue] of Object.entries(queues))
  TRIGGERS[`dead-letters-not-empty-${id}`] =
    `Maximum of AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${PREFIX}${queue}dead-letters, 60 s > 0, 1 of 1`;
for (const lambda of LAMBDAS) {
  TRIGGERS[`lambda-errors-${lambda}`] = errorsOf(lambda);
  // Of generate-tasks, whose concurrency is reserved, throttling is a way of queueing.
  const often = lambda === 'generate-tasks' ? '3 of 3' : '1 of 1';
  TRIGGERS[`lambda-throttles-${lambda}`] = `${ofLambda('Throttles', lambda)} >= 1, ${often}`;
}

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
    const throttles = at(bare, 'aws_cloudwatch_metric_alarm.monitoring_alarms_lambda_throttles_generate_tasks');
    expect(trigger(throttles)).to.equal(`${ofLambda('Throttles', 'generate-tasks')} >= 1, 1 of 1`);
  });

  it('are refused at synth where the settings make a description longer than the 1024 characters of CloudWatch', () => {
    const url = (length: number) => ({ runbookUrl: `https://example.com/${'x'.repeat(length - 20)}` });
    const longest = Math.max(...alarms.map(({ alarm_description: text }) => String(text).length));
    const room = 1024 - longest + settings.prod.runbookUrl.length;
    expect(() => synthesizeStage('prod', withProd(url(room)))).not.to.throw();
    expect(() => synthesizeStage('prod', withProd(url(room + 1)))).to.throw(SynthError, 'has 1025 characters');
  });
});

describe('failure-rate', () => {
  const { expressions, result } = failureRate((name) => ({ namespace: 'AWS/States', name, statistic: 'Sum' }));

  it('is the percentage of failures and timeouts among the executions that ended, whatever Step Functions did not send', () => {
    for (const [values, percent] of [
      [{ failed: 2, succeeded: 8 }, 20],
      [{ failed: 1, timedout: 1, succeeded: 8 }, 20],
      [{ timedout: 1 }, 100],
      [{ succeeded: 5 }, 0],
      [{}, 0],
    ] as const) {
      const lookUp = (id: string): number | undefined =>
        id in expressions ? parseExpression(expressions[id] ?? '').compute(lookUp) : Object(values)[id];
      expect(lookUp(result), JSON.stringify(values)).to.equal(percent);
    }
  });
});
