import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { SfnAlias } from '@cdktf/provider-aws/lib/sfn-alias/index.js';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine/index.js';
import { Construct } from 'constructs';
import { FUNCTION_OF_PLACEHOLDER, renderDefinition } from '../../statemachine/definition.ts';
import type { Topics } from '../monitoring/topics.ts';
import type { PublishedFunction } from './functions.ts';
import { allow, policyDocument, type Statement, trustPolicy } from './policy.ts';

type Placeholder = keyof typeof FUNCTION_OF_PLACEHOLDER;

/** The Lambdas that states call. */
export type StepName = (typeof FUNCTION_OF_PLACEHOLDER)[Placeholder];

/** What the state machine is made of. */
export interface StateMachineProps {
  /** Its name; that of its role and log group starts or ends with it. */
  readonly name: string;
  /** Account whose state machines may take the role. */
  readonly account: string;
  /** The function behind each state. */
  readonly steps: Readonly<Record<StepName, PublishedFunction>>;
  /** Where its notification states publish. */
  readonly topics: Topics;
  /** Days that the transition logs are kept. */
  readonly logRetentionDays: number;
  /** Whether executions are traced. */
  readonly tracing: boolean;
  /** Whether versions are published behind an alias; otherwise executions run the newest definition. */
  readonly versions: boolean;
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

/** Name of the alias that executions are started on. */
export const LIVE = 'live';

/** The workflow: a published version of the definition behind the alias `live`, with its role and transition logs. */
export class StateMachine extends Construct {
  readonly stateMachine: SfnStateMachine;
  readonly logGroup: CloudwatchLogGroup;
  /** What executions are started on: the alias of the newest version, or the state machine itself where there are no versions. */
  readonly startArn: string;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    // The prefix keeps the resource policy that AWS maintains for deliveries from outgrowing its limit.
    this.logGroup = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/vendedlogs/states/${props.name}`,
      retentionInDays: props.logRetentionDays,
    });
    const role = new IamRole(this, 'role', {
      name: `${props.name}-state-machine`,
      assumeRolePolicy: trustPolicy('states.amazonaws.com', { StringEquals: { 'aws:SourceAccount': props.account } }),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'grants',
      role: role.name,
      policy: policyDocument(statements(props)),
    });
    this.stateMachine = new SfnStateMachine(this, 'state-machine', {
      name: props.name,
      type: 'STANDARD',
      roleArn: role.arn,
      definition: definition(props),
      publish: props.versions,
      // Every transition, but without execution data: goals are personal, and ids are in the events anyway.
      loggingConfiguration: { level: 'ALL', includeExecutionData: false, logDestination: `${this.logGroup.arn}:*` },
      tracingConfiguration: { enabled: props.tracing },
      // Step Functions checks the role's log grants when the state machine is made.
      dependsOn: [policy],
    });
    this.startArn = props.versions
      ? new SfnAlias(this, 'live', {
          name: LIVE,
          routingConfiguration: [{ stateMachineVersionArn: this.stateMachine.stateMachineVersionArn, weight: 100 }],
        }).arn
      : this.stateMachine.arn;
  }
}

function definition({ steps, topics }: StateMachineProps): string {
  const arnOf = (placeholder: Placeholder) => steps[FUNCTION_OF_PLACEHOLDER[placeholder]].versionArn;
  return renderDefinition({
    ValidateInput: arnOf('ValidateInput'),
    GetActions: arnOf('GetActions'),
    CreateBatches: arnOf('CreateBatches'),
    GenerateTasks: arnOf('GenerateTasks'),
    SaveTasks: arnOf('SaveTasks'),
    UpdateProgress: arnOf('UpdateProgress'),
    AggregateResults: arnOf('AggregateResults'),
    UpdateGoalStatus: arnOf('UpdateGoalStatus'),
    HandleError: arnOf('HandleError'),
    AlertsTopicArn: topics.alerts.arn,
    NoticesTopicArn: topics.notices.arn,
  });
}

function statements({ steps, topics, tracing }: StateMachineProps): readonly Statement[] {
  return [
    // Every version of these functions, not just the newest: a deploy replaces this policy at once, while executions
    // that began before it go on calling the versions of their own definition.
    allow(
      'Invoke',
      ['lambda:InvokeFunction'],
      Object.values(steps).map((step) => `${step.function.arn}:*`),
    ),
    allow('Notify', ['sns:Publish'], [topics.alerts.arn, topics.notices.arn]),
    topics.keyGrant,
    DELIVER_LOGS,
    ...(tracing ? [TRACE] : []),
  ];
}
