import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import { Construct } from 'constructs';
import { LAMBDAS } from '../workflow/function-table.ts';
import { generateTasksConcurrency } from '../workflow/published-function.ts';
import { THRESHOLDS } from './alarms-table.ts';
import { graph, layOut, line, lines, type Row } from './dashboard-widgets.ts';
import { failureRate, type Metrics, metricsOf, type Watched } from './metrics.ts';
import { THROTTLED_REQUESTS } from './throttled-requests.ts';

/**
 * One page that answers, from top to bottom: is it well, do people get their tasks, and if not, which part is it.
 * @param alarmArns the stage's alarms, whose states come first
 */
export function makeDashboard(scope: Construct, watched: Watched, alarmArns: readonly string[]): void {
  const { prefix, settings, names } = watched.config;
  const markdown = `# ${prefix}\n[Runbook](${settings.runbookUrl}) · saved queries: CloudWatch → Logs Insights → Queries → ${prefix}`;
  const states = { title: 'Alarms', alarms: alarmArns, sortBy: 'stateUpdatedTimestamp' };
  const rows: readonly Row[] = [
    [{ type: 'text', height: 2, properties: { markdown } }],
    [{ type: 'alarm', height: 4, properties: states }],
    ...executions(metricsOf(watched)),
    ...ai(metricsOf(watched)),
    ...functions(watched),
    ...apiAndStorage(metricsOf(watched)),
    ...behindTheScenes(metricsOf(watched)),
  ];
  new CloudwatchDashboard(new Construct(scope, 'dashboard'), 'dashboard', {
    dashboardName: names.globalPrefix,
    dashboardBody: JSON.stringify({
      start: '-PT3H',
      periodOverride: 'inherit',
      widgets: layOut(rows, settings.region),
    }),
  });
}

function executions({ own, states }: Metrics): readonly Row[] {
  const { metrics, expressions, result, label } = failureRate(states);
  const ends = ['Succeeded', 'PartiallySucceeded', 'Failed', 'TimedOut', 'Aborted'];
  const atStates = ['sStarted', 'sSucceeded', 'sFailed', 'sTimedOut', 'sAborted', 'Throttled'];
  return [
    [
      graph(
        'Executions by result',
        ends.map((end) => line(own(`Executions${end}`), { label: end })),
        { stacked: true },
      ),
      graph(
        'Executions at Step Functions',
        atStates.map((name) => line(states(`Execution${name}`))),
      ),
      graph(
        'Success rate (saved actions) and failure rate (executions), percent',
        [
          line(own('SuccessRate', 'Average'), { label: 'Saved actions' }),
          ...Object.entries(metrics).map(([id, metric]) => line(metric, { id, visible: false })),
          ...Object.entries(expressions).map(([id, expression]) => [
            { id, expression, ...(id === result ? { label } : { visible: false }) },
          ]),
        ],
        { limit: { label: 'Alarm on the failure rate', value: THRESHOLDS.failureRatePercent }, max: 100 },
      ),
    ],
    [
      graph(
        'Duration of an execution, ms',
        lines((statistic) => own('ExecutionDuration', statistic), 'Average', 'p90', 'Maximum'),
        { limit: { label: 'Time limit', value: THRESHOLDS.executionMs } },
      ),
      graph('Actions that failed, and executions whose actions were slow', [
        line(own('ActionFailures')),
        line(own('ActionFailuresOutOfRetries'), { label: 'Of these out of retries' }),
        line(own('SlowExecutions')),
      ]),
      graph('Tasks saved', [line(own('TasksSaved'))]),
    ],
  ];
}

function ai({ own, bedrock }: Metrics): readonly Row[] {
  const calls = ['Invocations', 'InvocationThrottles', 'InvocationClientErrors', 'InvocationServerErrors'];
  return [
    [
      graph(
        'AI: time of a call that gave tasks, ms',
        lines((statistic) => own('AiLatency', statistic), 'Average', 'p90', 'Maximum'),
        { limit: { label: 'Alarm on the average', value: THRESHOLDS.aiLatencyMs } },
      ),
      graph(
        'AI: calls and what became of them',
        calls.map((name) => line(bedrock(name))),
      ),
    ],
    [
      graph('AI: tokens', [line(own('InputTokens')), line(own('OutputTokens'))], { stacked: true }),
      graph('AI: estimated cost an hour, USD', [line(own('EstimatedCost'), { period: 3600 })], { periodSeconds: 3600 }),
    ],
  ];
}

function functions(props: Watched): readonly Row[] {
  const { lambda: of } = metricsOf(props);
  const reserved = generateTasksConcurrency(props.config);
  const each = (name: string, statistic = 'Sum') =>
    LAMBDAS.map((lambda) => line(of(lambda)(name, statistic), { label: lambda }));
  return [
    [graph('Lambda: errors', each('Errors')), graph('Lambda: throttles', each('Throttles'))],
    [
      graph(
        'Lambda: concurrency',
        each('ConcurrentExecutions', 'Maximum'),
        reserved === undefined ? {} : { limit: { label: 'Reserved for generate-tasks', value: reserved } },
      ),
      graph('Lambda: duration p90, ms', each('Duration', 'p90')),
    ],
  ];
}

function apiAndStorage({ own, api, tables }: Metrics): readonly Row[] {
  return [
    [
      graph('API: requests and errors', [
        line(api('Count')),
        line(api('4xx')),
        line(own(THROTTLED_REQUESTS), { label: '429 of API Gateway' }),
        line(api('5xx')),
      ]),
      graph(
        'API: latency, ms',
        [
          ...lines((statistic) => api('Latency', statistic), 'p50', 'p99'),
          line(api('IntegrationLatency', 'p99'), { label: 'p99 of the Lambda' }),
        ],
        { limit: { label: 'Alarm on p99', value: THRESHOLDS.apiLatencyMs } },
      ),
    ],
    [
      graph(
        'DynamoDB: throttled reads and writes',
        tables.flatMap(({ id, throttled }) =>
          throttled.map((metric) => {
            const index = metric.dimensions?.GlobalSecondaryIndexName;
            return line(metric, { label: `${index === undefined ? id : `${id}.${index}`} ${metric.name}` });
          }),
        ),
      ),
      graph(
        'DynamoDB: consumed units',
        tables.flatMap(({ id, consumed }) => consumed.map((metric) => line(metric, { label: `${id} ${metric.name}` }))),
      ),
    ],
  ];
}

/** What nobody waits for: schedules, events, messages, the archive. */
function behindTheScenes({ own, lambda, events, topics, queues }: Metrics): readonly Row[] {
  const scheduled = events.filter(({ everySeconds }) => everySeconds !== undefined);
  return [
    [
      graph(
        'Runs by the clock',
        scheduled.map(({ handler }) => line(lambda(handler)('Invocations'), { label: handler })),
      ),
      graph(
        'Events that failed or were lost',
        events.flatMap(({ id, lost }) => lost.map((metric) => line(metric, { label: `${id} ${metric.name}` }))),
      ),
      graph(
        'Messages that SNS gave up',
        topics.map(({ id, failed }) => line(failed, { label: id })),
      ),
    ],
    [
      graph(
        'Dead letters',
        queues.map(({ id, messages }) => line(messages, { label: id })),
      ),
      graph(
        'Archive: how long the oldest execution waits, s',
        [line(own('OldestUnarchivedAge', 'Maximum'), { period: 3600 })],
        { periodSeconds: 3600, limit: { label: 'Alarm', value: THRESHOLDS.unarchivedSeconds } },
      ),
    ],
  ];
}
