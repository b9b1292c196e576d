import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { SfnAlias } from '@cdktf/provider-aws/lib/sfn-alias/index.js';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine/index.js';
import { Construct } from 'constructs';
import { FUNCTION_OF_PLACEHOLDER, renderDefinition } from '../../statemachine/definition.ts';
import type { StageConfig } from '../config.ts';
import { LIVE, namesOf } from '../names.ts';
import { allow, policyDocument, type Statement, trustPolicy } from '../policy-document.ts';
import { hasPart } from '../settings-schema.ts';
import type { Lambdas } from './published-function.ts';

/** What the state machine is made of. */
export interface StateMachineProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** The functions, among them those behind the states. */
  readonly lambdas: Lambdas;
  /** Lets a publisher use the topics' key. */
  readonly topicKey: Statement;
}

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

/** The workflow: a published version of the definition behind the alias `live`, with its role and transition logs. */
export class StateMachine extends Construct {
  readonly stateMachine: SfnStateMachine;
  readonly logGroup: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    const { account, logRetentionDays } = props.config.settings;
    const { versions, stateMachine } = namesOf(props.config);
    // The prefix keeps the resource policy that AWS maintains for deliveries from outgrowing its limit.
    this.logGroup = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/vendedlogs/states/${stateMachine.name}`,
      retentionInDays: logRetentionDays,
    });
    const role = new IamRole(this, 'role', {
      name: `${stateMachine.name}-state-machine`,
      assumeRolePolicy: trustPolicy('states.amazonaws.com', { StringEquals: { 'aws:SourceAccount': account } }),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'grants',
      role: role.name,
      policy: policyDocument(statements(props)),
    });
    this.stateMachine = new SfnStateMachine(this, 'state-machine', {
      name: stateMachine.name,
      type: 'STANDARD',
      roleArn: role.arn,
      definition: definition(props),
      publish: versions,
      // Every transition, but without execution data: goals are personal, and ids are in the events anyway.
      loggingConfiguration: { level: 'ALL', includeExecutionData: false, logDestination: `${this.logGroup.arn}:*` },
      tracingConfiguration: { enabled: hasPart(props.config.settings, 'tracing') },
      // Step Functions checks the role's log grants when the state machine is made.
      dependsOn: [policy],
    });
    if (!versions) return;
    new SfnAlias(this, 'live', {
      name: LIVE,
      routingConfiguration: [{ stateMachineVersionArn: this.stateMachine.stateMachineVersionArn, weight: 100 }],
    });
  }
}

type Placeholder = keyof typeof FUNCTION_OF_PLACEHOLDER;

function definition({ config, lambdas }: StateMachineProps): string {
  const { alerts, notices } = namesOf(config);
  const versions = Object.entries(FUNCTION_OF_PLACEHOLDER).map(([placeholder, step]) => [
    placeholder,
    lambdas[step].function.qualifiedArn,
  ]);
  // Object.fromEntries forgets which keys it was given.
  const arns = Object.fromEntries(versions) as Record<Placeholder, string>;
  return renderDefinition({ ...arns, AlertsTopicArn: alerts.arn, NoticesTopicArn: notices.arn });
}

function statements({ config, lambdas, topicKey }: StateMachineProps): readonly Statement[] {
  const { alerts, notices } = namesOf(config);
  return [
    // Every version of these functions, not just the newest: a deploy replaces this policy at once, while executions
    // that began before it go on calling the versions of their own definition.
    allow(
      'Invoke',
      ['lambda:InvokeFunction'],
      Object.values(FUNCTION_OF_PLACEHOLDER).map((step) => `${lambdas[step].function.arn}:*`),
    ),
    allow('Notify', ['sns:Publish'], [alerts.arn, notices.arn]),
    topicKey,
    DELIVER_LOGS,
    ...(hasPart(config.settings, 'tracing') ? [TRACE] : []),
  ];
}
