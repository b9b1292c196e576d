import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { SfnAlias } from '@cdktf/provider-aws/lib/sfn-alias/index.js';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine/index.js';
import { Construct } from 'constructs';
import { FUNCTION_OF_PLACEHOLDER, renderDefinition } from '../../statemachine/definition.ts';
import type { StageConfig } from '../config.ts';
import { defined } from '../defined.ts';
import { LIVE } from '../names.ts';
import { allow, policyDocument, type Statement, trustPolicy } from '../policy-document.ts';
import { hasPart } from '../settings-schema.ts';
import type { Lambdas } from './published-function.ts';

/**
 * AWS delivers the logs through deliveries, whose APIs know no resources: the wildcard is forced
 * (Step Functions guide, "Logging in CloudWatch Logs").
 */
const DELIVER_LOGS = allow(
  'DeliverLogs',
  [
    'logs:CreateLogDelivery',
    'logs:GetLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
    'logs:DescribeLogGroups',
  ],
  ['*'],
);

/** X-Ray has no resources either; besides writing, Step Functions asks for sampling rules. */
const TRACE = allow(
  'Trace',
  ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  ['*'],
);

/**
 * The workflow: a published version of the definition behind the alias `live`, with its role and transition logs.
 * @param topicKey lets a publisher use the topics' key
 */
export function makeStateMachine(scope: Construct, config: StageConfig, lambdas: Lambdas, topicKey: Statement) {
  const workflow = new Construct(scope, 'workflow');
  const { account, logRetentionDays } = config.settings;
  const { versions, stateMachine: named, alerts, notices } = config.names;
  const isTraced = hasPart(config.settings, 'tracing');
  // The prefix keeps the resource policy that AWS maintains for deliveries from outgrowing its limit.
  const logGroup = new CloudwatchLogGroup(workflow, 'logs', {
    name: `/aws/vendedlogs/states/${named.name}`,
    retentionInDays: logRetentionDays,
  });
  const role = new IamRole(workflow, 'role', {
    name: config.names.roleName('state-machine'),
    assumeRolePolicy: trustPolicy('states.amazonaws.com', { StringEquals: { 'aws:SourceAccount': account } }),
  });
  const steps = Object.entries(FUNCTION_OF_PLACEHOLDER).map(([name, step]) => [name, lambdas[step].function] as const);
  const policy = new IamRolePolicy(workflow, 'policy', {
    name: 'grants',
    role: role.name,
    // As of a function: never without grants, should the role get another name.
    lifecycle: { createBeforeDestroy: true },
    policy: policyDocument([
      // Every version of these functions, not just the newest: a deploy replaces this policy at once, while executions
      // that began before it go on calling the versions of their own definition.
      allow(
        'Invoke',
        ['lambda:InvokeFunction'],
        steps.map(([, { arn }]) => `${arn}:*`),
      ),
      allow('Notify', ['sns:Publish'], [alerts.arn, notices.arn]),
      topicKey,
      DELIVER_LOGS,
      ...(isTraced ? [TRACE] : []),
    ]),
  });
  // Object.fromEntries forgets which keys it was given.
  const versionArns = Object.fromEntries(steps.map(([name, { qualifiedArn }]) => [name, qualifiedArn])) as Record<
    keyof typeof FUNCTION_OF_PLACEHOLDER,
    string
  >;
  const stateMachine = new SfnStateMachine(workflow, 'state-machine', {
    name: named.name,
    type: 'STANDARD',
    roleArn: role.arn,
    definition: renderDefinition({ ...versionArns, AlertsTopicArn: alerts.arn, NoticesTopicArn: notices.arn }),
    publish: versions,
    // Every transition, but without execution data: goals are personal, and ids are in the events anyway.
    loggingConfiguration: { level: 'ALL', includeExecutionData: false, logDestination: `${logGroup.arn}:*` },
    // Left out, not false: Terraform would see a change in every plan against an emulator that does not know it.
    ...defined({ tracingConfiguration: isTraced ? { enabled: true } : undefined }),
    // Step Functions checks the role's log grants when the state machine is made.
    dependsOn: [policy],
  });
  if (versions) {
    new SfnAlias(workflow, 'live', {
      name: LIVE,
      routingConfiguration: [{ stateMachineVersionArn: stateMachine.stateMachineVersionArn, weight: 100 }],
    });
  }
  return { stateMachine, logGroup };
}
