import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { alarmsOf } from './alarms-table.ts';
import { Dashboard } from './dashboard.ts';
import { SavedQueries } from './saved-queries.ts';

/** What is watched, and who is told. */
export interface MonitoringProps {
  /** Starts the names of alarms, dashboard and queries. */
  readonly prefix: string;
  readonly region: string;
  /** ARN of the state machine, without version or alias, as its metrics carry it. */
  readonly stateMachineArn: string;
  /** Log group of the state machine's transitions. */
  readonly stateMachineLogGroupName: string;
  /** Every function by its Lambda's name. */
  readonly functions: Readonly<Record<string, { readonly functionName: string; readonly logGroupName: string }>>;
  /** Names of the tables. */
  readonly tableNames: readonly string[];
  /** Id of the model or inference profile that is called. */
  readonly modelId: string;
  /** Id of the HTTP API. */
  readonly apiId: string;
  /** Dead-letter queues; `id` ends the alarm's name. */
  readonly queues: readonly { readonly name: string; readonly id: string }[];
  /** ARN of the topic that alarms are published to. */
  readonly alertsTopicArn: string;
  /** URL of the page with a heading `alarm-<id>` for each kind of alarm. */
  readonly runbookUrl: string;
  /** Namespace of our own metrics. */
  readonly metricsNamespace: string;
  /** Concurrency reserved for generate-tasks, if it is: a line in the dashboard. */
  readonly reservedConcurrency?: number;
}

/** Alarms, dashboard and saved queries of a stage. */
export class Monitoring extends Construct {
  readonly alarms: readonly CloudwatchMetricAlarm[];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { prefix, runbookUrl, alertsTopicArn } = props;
    this.alarms = new Alarms(this, 'alarms', {
      prefix,
      alarms: alarmsOf(props),
      topicArn: alertsTopicArn,
      runbookUrl,
    }).alarms;
    new Dashboard(this, 'dashboard', { ...props, alarmArns: this.alarms.map(({ arn }) => arn) });
    new SavedQueries(this, 'queries', {
      prefix,
      logGroupNames: Object.fromEntries(
        Object.entries(props.functions).map(([lambda, { logGroupName }]) => [lambda, logGroupName]),
      ),
      stateMachineLogGroupName: props.stateMachineLogGroupName,
    });
  }
}
