import type { StageConfig } from '../config.ts';
import { allow, type Statement } from '../policy-document.ts';

/**
 * What the deploy workflow does besides Terraform: `make aliases`, `make smoke` and `make prune`, and the upload of the page. What else
 * they call is among Terraform's grants.
 */
export function commandStatements({ stage, prefix, settings: { region, account } }: StageConfig): readonly Statement[] {
  const on = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  return [
    // smoke: one alarm by hand, which goes back by itself, and whom its topic tells.
    allow(
      'TryAlarm',
      ['cloudwatch:SetAlarmState', 'cloudwatch:DescribeAlarmHistory'],
      [on('cloudwatch', `alarm:${prefix}-*`)],
    ),
    // smoke: persons of its own in a made pool, who are removed at the end.
    allow(
      'SmokeUsers',
      ['AdminCreateUser', 'AdminSetUserPassword', 'AdminInitiateAuth', 'AdminDeleteUser'].map(
        (operation) => `cognito-idp:${operation}`,
      ),
      [on('cognito-idp', 'userpool/*')],
      { StringEquals: { 'aws:ResourceTag/Project': 'goal-activity', 'aws:ResourceTag/Stage': stage } },
    ),
    // prune: which versions are in use, by aliases and by executions that run.
    allow('Aliases', ['lambda:ListAliases'], [on('lambda', `function:${prefix}-*`)]),
    allow(
      'Versions',
      ['states:ListExecutions', 'states:ListStateMachineAliases'],
      [on('states', `stateMachine:${prefix}`), on('states', `stateMachine:${prefix}:*`)],
    ),
    allow('Executions', ['states:DescribeStateMachineForExecution'], [on('states', `execution:${prefix}:*`)]),
  ];
}
