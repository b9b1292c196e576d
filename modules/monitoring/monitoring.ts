import { Construct } from 'constructs';
import type { Lambdas } from '../workflow/published-function.ts';
import { makeAlarms } from './alarms.ts';
import { alarmsOf } from './alarms-table.ts';
import { makeDashboard } from './dashboard.ts';
import type { Watched } from './metrics.ts';
import { saveQueries } from './saved-queries.ts';

/** What is watched, and who is told. */
export interface MonitoringProps extends Watched {
  /** The functions, whose logs are asked. */
  readonly lambdas: Lambdas;
  /** Log group of the state machine's transitions. */
  readonly stateMachineLogGroupName: string;
  /** ARN of the topic that alarms are published to. */
  readonly alertsTopicArn: string;
}

/** Alarms, dashboard and saved queries of a stage. */
export function addMonitoring(scope: Construct, props: MonitoringProps): void {
  const { config, lambdas, stateMachineLogGroupName } = props;
  const monitoring = new Construct(scope, 'monitoring');
  const part = (id: string) => new Construct(monitoring, id);
  const alarmArns = makeAlarms(part('alarms'), config, alarmsOf(props), props.alertsTopicArn);
  makeDashboard(part('dashboard'), props, alarmArns);
  saveQueries(part('queries'), config.prefix, lambdas, stateMachineLogGroupName);
}
