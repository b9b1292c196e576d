import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Aspects, type TerraformStack } from 'cdktf';
import { bootstrapName, type StageConfig } from '../config.ts';
import { allow, type Statement } from '../policy-document.ts';

/** What the boundary that the bootstrap makes is called. */
export const boundaryName = ({ stage, settings }: StageConfig) => `${bootstrapName(stage)}-${settings.region}-boundary`;

/**
 * ARN of the permissions boundary of the stage's roles: that of the settings, or the bootstrap's own where GitHub deploys. None where
 * neither is: who deploys then is a person, whose own rights are the limit.
 */
export function boundaryArn(config: StageConfig): string | undefined {
  const { permissionsBoundary, githubRepository, account } = config.settings;
  if (permissionsBoundary !== undefined || githubRepository === undefined) return permissionsBoundary;
  return `arn:aws:iam::${account}:policy/${boundaryName(config)}`;
}

/** Gives every role of a stack a permissions boundary, whoever adds the role. */
export function boundRoles(stack: TerraformStack, arn: string | undefined): void {
  if (arn === undefined) return;
  Aspects.of(stack).add({
    visit: (node) => {
      if (node instanceof IamRole) node.permissionsBoundary = arn;
    },
  });
}

/** The most that roles of the stage may: what its functions and its state machine do, on what is the stage's. */
export function boundaryStatements({ prefix, settings: { region, account } }: StageConfig): readonly Statement[] {
  const on = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  return [
    allow(
      'Stage',
      [
        ...['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'BatchGetItem'].map(
          (operation) => `dynamodb:${operation}`,
        ),
        ...['StartExecution', 'StopExecution', 'DescribeExecution', 'GetExecutionHistory'].map(
          (operation) => `states:${operation}`,
        ),
        'lambda:InvokeFunction',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        's3:PutObject',
        'sns:Publish',
        'sqs:SendMessage',
      ],
      [
        on('dynamodb', `table/${prefix}-*`),
        on('states', `stateMachine:${prefix}`),
        on('states', `stateMachine:${prefix}:*`),
        on('states', `execution:${prefix}:*`),
        on('lambda', `function:${prefix}-*`),
        on('logs', `log-group:/aws/lambda/${prefix}-*`),
        `arn:aws:s3:::${prefix}-*`,
        on('sns', `${prefix}-*`),
        on('sqs', `${prefix}-*`),
      ],
    ),
    allow(
      'Models',
      ['bedrock:InvokeModel'],
      ['arn:aws:bedrock:*::foundation-model/*', on('bedrock', 'inference-profile/*')],
    ),
    // AWS's own keys of tables and archive allow the account, but what a resource's policy allows is within the boundary too (IAM guide,
    // "Permissions boundaries").
    allow('Keys', ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'], [on('kms', 'key/*')], {
      StringEquals: {
        'kms:ViaService': ['dynamodb', 'lambda', 's3', 'sns'].map((service) => `${service}.${region}.amazonaws.com`),
      },
    }),
    allow(
      'NoResources',
      [
        ...['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'].map(
          (operation) => `xray:${operation}`,
        ),
        ...['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'].map(
          (operation) => `logs:${operation}`,
        ),
        ...['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'].map(
          (operation) => `logs:${operation}`,
        ),
        'cloudwatch:PutMetricData',
      ],
      ['*'],
    ),
  ];
}
