import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import { Construct } from 'constructs';
import { LAMBDAS } from '../workflow/function-table.ts';
import { generateTasksConcurrency } from '../workflow/lambdas.ts';
import { failureRate, THRESHOLDS, type Watched } from './alarms-table.ts';
import {
  alarmWidget,
  graph,
  layOut,
  type Metric,
  math,
  metric,
  type Row,
  search,
  textWidget,
} from './dashboard-widgets.ts';

/** What the dashboard shows. */
export interface DashboardProps extends Watched {
  /** ARNs of the stage's alarms, whose states come first. */
  readonly alarmArns: readonly string[];
}

/** One page that answers, from top to bottom: is it well, do people get their tasks, and if not, which part is it. */
export class Dashboard extends Construct {
  readonly dashboard: CloudwatchDashboard;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const rows = [
      ...overview(props),
      ...executions(props),
      ...ai(props),
      ...functions(props),
      ...api(props),
      ...storage(props),
    ];
    this.dashboard = new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: props.config.prefix,
      dashboardBody: JSON.stringify({
        start: '-PT3H',
        periodOverride: 'inherit',
        widgets: layOut(rows, props.config.settings.region),
      }),
    });
  }
}

function overview({ config, alarmArns }: DashboardProps): readonly Row[] {
  const { prefix, settings } = config;
  return [
    [
      textWidget(
        `# ${prefix}\n[Runbook](${settings.runbookUrl}) · saved queries: CloudWatch → Logs Insights → Queries → ${prefix}`,
      ),
    ],
    [alarmWidget('Alarms', alarmArns)],
  ];
}

function executions({ names }: DashboardProps): readonly Row[] {
  const { stateMachine, metricsNamespace: own } = names;
  const states = (name: string) => metric('AWS/States', name, { StateMachineArn: stateMachine.arn }, 'Sum');
  const { metrics, expressions, label } = failureRate(stateMachine.arn);
  return [
    [
      graph('Executions by result', {
        metrics: ['Succeeded', 'PartiallySucceeded', 'Failed', 'TimedOut', 'Aborted'].map((result) =>
          metric(own, `Executions${result}`, {}, 'Sum', { label: result }),
        ),
        stacked: true,
      }),
      graph('Executions at Step Functions', {
        metrics: [
          states('ExecutionsStarted'),
          states('ExecutionsSucceeded'),
          states('ExecutionsFailed'),
          states('ExecutionsTimedOut'),
          states('ExecutionsAborted'),
          states('ExecutionThrottled'),
        ],
      }),
      graph('Success rate (saved actions) and failure rate (executions), percent', {
        metrics: [
          metric(own, 'SuccessRate', {}, 'Average', { label: 'Saved actions' }),
          ...Object.entries(metrics).map(([id, of]) =>
            metric(of.namespace, of.name, of.dimensions ?? {}, of.statistic, { id, visible: false }),
          ),
          ...Object.entries(expressions).map(([id, expression]) =>
            math(id, expression, id === 'rate' ? { label } : { visible: false }),
          ),
        ],
        line: { label: 'Alarm on the failure rate', value: THRESHOLDS.failureRatePercent },
        range: { min: 0, max: 100 },
      }),
    ],
    [
      graph('Duration of an execution, ms', {
        metrics: ['Average', 'p90', 'Maximum'].map((of) => metric(own, 'ExecutionDuration', {}, of, { label: of })),
        line: { label: 'Time limit', value: THRESHOLDS.executionMs },
      }),
      graph('Actions that failed', {
        metrics: [
          metric(own, 'ActionFailures', {}, 'Sum'),
          metric(own, 'ActionFailuresOutOfRetries', {}, 'Sum', { label: 'Of these out of retries' }),
        ],
      }),
      graph('Tasks saved', { metrics: [metric(own, 'TasksSaved', {}, 'Sum')] }),
    ],
  ];
}

function ai({ config, names }: DashboardProps): readonly Row[] {
  const own = names.metricsNamespace;
  const bedrock = (name: string) => metric('AWS/Bedrock', name, { ModelId: config.settings.modelId }, 'Sum');
  const tokens = (name: string) => metric(own, name, {}, 'Sum');
  return [
    [
      graph('AI: time of a call that gave tasks, ms', {
        metrics: ['Average', 'p90', 'Maximum'].map((of) => metric(own, 'AiLatency', {}, of, { label: of })),
        line: { label: 'Alarm on the average', value: THRESHOLDS.aiLatencyMs },
      }),
      graph('AI: calls and what became of them', {
        metrics: [
          bedrock('Invocations'),
          bedrock('InvocationThrottles'),
          bedrock('InvocationClientErrors'),
          bedrock('InvocationServerErrors'),
        ],
      }),
    ],
    [
      graph('AI: tokens', { metrics: [tokens('InputTokens'), tokens('OutputTokens')], stacked: true }),
      graph('AI: estimated cost an hour, USD', {
        metrics: [metric(own, 'EstimatedCost', {}, 'Sum', { period: 3600 })],
        periodSeconds: 3600,
      }),
    ],
  ];
}

function functions({ config, names }: DashboardProps): readonly Row[] {
  const reservedConcurrency = generateTasksConcurrency(config);
  const each = (name: string, statistic: string): readonly Metric[] =>
    LAMBDAS.map((lambda) =>
      metric('AWS/Lambda', name, { FunctionName: names.functionName(lambda) }, statistic, { label: lambda }),
    );
  return [
    [
      graph('Lambda: errors', { metrics: each('Errors', 'Sum') }),
      graph('Lambda: throttles', { metrics: each('Throttles', 'Sum') }),
    ],
    [
      graph('Lambda: concurrency', {
        metrics: each('ConcurrentExecutions', 'Maximum'),
        ...(reservedConcurrency === undefined
          ? {}
          : { line: { label: 'Reserved for generate-tasks', value: reservedConcurrency } }),
      }),
      graph('Lambda: duration p90, ms', { metrics: each('Duration', 'p90') }),
    ],
  ];
}

function api({ apiId }: DashboardProps): readonly Row[] {
  const of = (name: string, statistic: string, label?: string) =>
    metric('AWS/ApiGateway', name, { ApiId: apiId }, statistic, label === undefined ? {} : { label });
  return [
    [
      graph('API: requests and errors', { metrics: [of('Count', 'Sum'), of('4xx', 'Sum'), of('5xx', 'Sum')] }),
      graph('API: latency, ms', {
        metrics: [
          of('Latency', 'p50', 'p50'),
          of('Latency', 'p99', 'p99'),
          of('IntegrationLatency', 'p99', 'p99 of the Lambda'),
        ],
        line: { label: 'Alarm on p99', value: THRESHOLDS.apiLatencyMs },
      }),
    ],
  ];
}

function storage({ names }: DashboardProps): readonly Row[] {
  const throttleEvents = ['ReadThrottleEvents', 'WriteThrottleEvents'];
  return [
    [
      graph('DynamoDB: throttled reads and writes', {
        metrics: [names.goals, names.tasks, names.executions].flatMap(({ name: table }) => [
          ...throttleEvents.map((name) =>
            metric('AWS/DynamoDB', name, { TableName: table }, 'Sum', { label: `${table} ${name}` }),
          ),
          // A table's metrics leave out its indexes, and an index that throttles holds up the table's writes.
          search(
            `SEARCH('{AWS/DynamoDB,TableName,GlobalSecondaryIndexName} TableName="${table}" MetricName=("ReadThrottleEvents" OR "WriteThrottleEvents")', 'Sum', 300)`,
          ),
        ]),
      }),
      graph('Dead letters', {
        metrics: Object.entries(names.queues).map(([id, { name }]) =>
          metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: name }, 'Maximum', { label: id }),
        ),
      }),
      graph('Archive: how long the oldest execution waits, s', {
        metrics: [metric(names.metricsNamespace, 'OldestUnarchivedAge', {}, 'Maximum', { period: 3600 })],
        periodSeconds: 3600,
        line: { label: 'Alarm', value: THRESHOLDS.unarchivedSeconds },
      }),
    ],
  ];
}
