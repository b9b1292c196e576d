import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { namesOf } from '../names.ts';
import type { Lambdas } from '../workflow/lambdas.ts';
import { Alarms } from './alarms.ts';
import { alarmsOf } from './alarms-table.ts';
import { Dashboard } from './dashboard.ts';
import { SavedQueries } from './saved-queries.ts';

/** What is watched, and who is told. */
export interface MonitoringProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** The functions, whose logs are asked. */
  readonly lambdas: Lambdas;
  /** Log group of the state machine's transitions. */
  readonly stateMachineLogGroupName: string;
  /** Id of the HTTP API. */
  readonly apiId: string;
  /** ARN of the topic that alarms are published to. */
  readonly alertsTopicArn: string;
}

/** Alarms, dashboard and saved queries of a stage. */
export class Monitoring extends Construct {
  readonly alarms: readonly CloudwatchMetricAlarm[];

  constructor(scope: Construct, id: string, { config, lambdas, apiId, ...props }: MonitoringProps) {
    super(scope, id);
    const { prefix, settings } = config;
    const watched = { config, names: namesOf(config), apiId };
    this.alarms = new Alarms(this, 'alarms', {
      prefix,
      alarms: alarmsOf(watched),
      topicArn: props.alertsTopicArn,
      runbookUrl: settings.runbookUrl,
    }).alarms;
    new Dashboard(this, 'dashboard', { ...watched, alarmArns: this.alarms.map(({ arn }) => arn) });
    new SavedQueries(this, 'queries', { prefix, lambdas, stateMachineLogGroupName: props.stateMachineLogGroupName });
  }
}
