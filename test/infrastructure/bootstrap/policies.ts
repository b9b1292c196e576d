import type { Statement } from '../../../modules/policy-document.ts';
import { referencesIn } from '../../../scripts/policy/document.ts';
import { at, resourcesOf, type Synthesized, statementsOf } from '../synthesized.ts';

/** Whether a text is what a pattern of IAM means: `*` is any characters, `?` is one. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

/** What GitHub's role may: the statements of all policies that are attached to it. */
export function grantedTo(bootstrap: Synthesized, role: 'plan' | 'deploy'): readonly Statement[] {
  return Object.values(resourcesOf(bootstrap, 'aws_iam_role_policy_attachment'))
    .filter((of) => referencesIn(of.role).includes(`aws_iam_role.github_${role}_role`))
    .flatMap(({ policy_arn: policy }) =>
      referencesIn(policy).flatMap((address) => statementsOf(at(bootstrap, address))),
    );
}

/** Whether one of the statements allows the action on the resource, whatever its condition. */
export function isAllowed(statements: readonly Statement[], action: string, resource: string): boolean {
  return statements.some(
    ({ Effect, Action, Resource = [] }) =>
      Effect === 'Allow' &&
      Action.some((pattern) => matches(pattern, action)) &&
      Resource.some((pattern) => matches(pattern, resource)),
  );
}

/** How the ARN of a resource is made from its arguments, for the types whose name is in it. */
const ARN_OF: Readonly<Record<string, readonly [argument: string, arn: string]>> = {
  aws_dynamodb_table: ['name', 'arn:aws:dynamodb:REGION:ACCOUNT:table/'],
  aws_lambda_function: ['function_name', 'arn:aws:lambda:REGION:ACCOUNT:function:'],
  aws_sfn_state_machine: ['name', 'arn:aws:states:REGION:ACCOUNT:stateMachine:'],
  aws_cloudwatch_event_rule: ['name', 'arn:aws:events:REGION:ACCOUNT:rule/'],
  aws_sns_topic: ['name', 'arn:aws:sns:REGION:ACCOUNT:'],
  aws_sqs_queue: ['name', 'arn:aws:sqs:REGION:ACCOUNT:'],
  aws_cloudwatch_log_group: ['name', 'arn:aws:logs:REGION:ACCOUNT:log-group:'],
  aws_cloudwatch_log_delivery_source: ['name', 'arn:aws:logs:us-east-1:ACCOUNT:delivery-source:'],
  aws_cloudwatch_log_delivery_destination: ['name', 'arn:aws:logs:us-east-1:ACCOUNT:delivery-destination:'],
  aws_cloudwatch_metric_alarm: ['alarm_name', 'arn:aws:cloudwatch:REGION:ACCOUNT:alarm:'],
  aws_cloudwatch_dashboard: ['dashboard_name', 'arn:aws:cloudwatch::ACCOUNT:dashboard/'],
  aws_cloudfront_function: ['name', 'arn:aws:cloudfront::ACCOUNT:function/'],
  aws_iam_role: ['name', 'arn:aws:iam::ACCOUNT:role/'],
  aws_s3_bucket: ['bucket', 'arn:aws:s3:::'],
  aws_kms_alias: ['name', 'arn:aws:kms:REGION:ACCOUNT:'],
};

/** The ARNs that follow from the names in a stack, by the address of the resource. */
export function arnsIn(stack: Synthesized, region: string, account: string): ReadonlyMap<string, string> {
  const entries = Object.entries(ARN_OF).flatMap(([type, [argument, start]]) =>
    Object.entries(resourcesOf(stack, type)).map(([name, of]): [string, string] => [
      `${type}.${name}`,
      start.replace('REGION', region).replace('ACCOUNT', account) + String(of[argument]),
    ]),
  );
  return new Map(entries);
}
