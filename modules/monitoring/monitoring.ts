import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { Construct } from 'constructs';
import type { Lambdas } from '../workflow/published-function.ts';
import { makeAlarms } from './alarms.ts';
import { alarmsOf } from './alarms-table.ts';
import { makeDashboard } from './dashboard.ts';
import type { Watched } from './metrics.ts';
import { saveQueries } from './saved-queries.ts';

/**
 * Alarms, dashboard and saved queries of a stage.
 * @param lambdas the functions, whose logs are asked, as are those of the workflow's transitions
 * @param alerts the topic that alarms are published to
 */
export function addMonitoring(
  scope: Construct,
  watched: Watched,
  lambdas: Lambdas,
  workflowLogs: CloudwatchLogGroup,
  alerts: SnsTopic,
): void {
  const { config } = watched;
  const monitoring = new Construct(scope, 'monitoring');
  const part = (id: string) => new Construct(monitoring, id);
  const alarmArns = makeAlarms(part('alarms'), config, alarmsOf(watched), alerts.arn);
  makeDashboard(part('dashboard'), watched, alarmArns);
  saveQueries(part('queries'), config.prefix, lambdas, workflowLogs.name);
}
