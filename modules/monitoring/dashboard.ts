import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import { Construct } from 'constructs';
import { LAMBDAS } from '../workflow/function-table.ts';
import { generateTasksConcurrency } from '../workflow/published-function.ts';
import { THRESHOLDS } from './alarms-table.ts';
import { graph, layOut, line, lines, type Row } from './dashboard-widgets.ts';
import { failureRate, type Metrics, metricsOf, type Watched } from './metrics.ts';

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
    ...apiAndStorage(watched),
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

function apiAndStorage(props: Watched): readonly Row[] {
  const { own, api, table: of, queues } = metricsOf(props);
  const { goals, tasks, executions: rows } = props.config.names;
  return [
    [
      graph('API: requests and errors', [line(api('Count')), line(api('4xx')), line(api('5xx'))]),
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
        [goals, tasks, rows].flatMap(({ name: table }) => [
          ...['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) =>
            line(of(table)(name), { label: `${table} ${name}` }),
          ),
          // A table's metrics leave out its indexes, and an index that throttles holds up the table's writes.
          [
            {
              expression: `SEARCH('{AWS/DynamoDB,TableName,GlobalSecondaryIndexName} TableName="${table}" MetricName=("ReadThrottleEvents" OR "WriteThrottleEvents")', 'Sum', 300)`,
            },
          ],
        ]),
      ),
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
