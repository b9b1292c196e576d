import type { StageConfig } from '../config.ts';
import { allow, type Statement } from '../policy-document.ts';

/**
 * What the deploy workflow does besides Terraform: `make aliases`, `make smoke` and `make prune`, and the upload of the page. What else
 * they call is among Terraform's grants.
 */
export function commandStatements({ stage, prefix, settings: { region, account } }: StageConfig): readonly Statement[] {
  const on = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  return [
    // smoke: one alarm by hand, which goes back by itself.
    allow('TryAlarm', ['cloudwatch:SetAlarmState'], [on('cloudwatch', `alarm:${prefix}-*`)]),
    // smoke: a user of its own in a made pool, who is removed at the end.
    allow(
      'SmokeUser',
      ['AdminCreateUser', 'AdminSetUserPassword', 'AdminInitiateAuth', 'AdminDeleteUser'].map(
        (operation) => `cognito-idp:${operation}`,
      ),
      [on('cognito-idp', 'userpool/*')],
      { StringEquals: { 'aws:ResourceTag/Project': 'goal-activity', 'aws:ResourceTag/Stage': stage } },
    ),
  ];
}
