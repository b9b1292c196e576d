import { ANY, type Grant, TAGGED, TAGGING } from './grant.ts';

/**
 * What Terraform asks of AWS for what runs: tables, functions, state machine, events, topics, queues, logs and alarms. The actions are
 * the calls of the provider's resources (hashicorp/terraform-provider-aws, internal/service); their resources and conditions are those
 * of AWS's Service Authorization Reference.
 */
export const WORKFLOW_GRANTS: readonly Grant[] = [
  {
    sid: 'Tables',
    types: ['aws_dynamodb_table'],
    service: 'dynamodb',
    on: ['arn:aws:dynamodb:REGION:ACCOUNT:table/PREFIX-*'],
    read: 'DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource',
    change: 'CreateTable UpdateTable UpdateContinuousBackups UpdateTimeToLive TagResource UntagResource',
    erase: 'DeleteTable',
  },
  {
    sid: 'Functions',
    types: [
      'aws_lambda_function',
      'aws_lambda_alias',
      'aws_lambda_permission',
      'aws_lambda_function_event_invoke_config',
    ],
    service: 'lambda',
    on: ['arn:aws:lambda:REGION:ACCOUNT:function:PREFIX-*'],
    read: 'GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionRecursionConfig ListVersionsByFunction ListTags GetAlias GetPolicy GetFunctionEventInvokeConfig',
    change:
      'CreateFunction UpdateFunctionCode UpdateFunctionConfiguration PublishVersion DeleteFunction PutFunctionConcurrency DeleteFunctionConcurrency TagResource UntagResource CreateAlias UpdateAlias DeleteAlias AddPermission RemovePermission PutFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig',
  },
  {
    sid: 'StateMachine',
    types: ['aws_sfn_state_machine', 'aws_sfn_alias'],
    service: 'states',
    on: ['arn:aws:states:REGION:ACCOUNT:stateMachine:PREFIX', 'arn:aws:states:REGION:ACCOUNT:stateMachine:PREFIX:*'],
    read: 'DescribeStateMachine DescribeStateMachineAlias ListStateMachineVersions ListTagsForResource',
    change:
      'CreateStateMachine UpdateStateMachine DeleteStateMachine PublishStateMachineVersion DeleteStateMachineVersion CreateStateMachineAlias UpdateStateMachineAlias DeleteStateMachineAlias TagResource UntagResource',
  },
  {
    sid: 'Definition',
    types: ['aws_sfn_state_machine'],
    service: 'states',
    on: ANY,
    // The provider has the definition checked while it plans.
    read: 'ValidateStateMachineDefinition',
  },
  {
    sid: 'Rules',
    types: ['aws_cloudwatch_event_rule', 'aws_cloudwatch_event_target'],
    service: 'events',
    on: ['arn:aws:events:REGION:ACCOUNT:rule/PREFIX-*'],
    read: 'DescribeRule ListTargetsByRule ListTagsForResource',
    change: 'PutRule DeleteRule EnableRule DisableRule PutTargets RemoveTargets TagResource UntagResource',
  },
  {
    sid: 'Topics',
    types: ['aws_sns_topic', 'aws_sns_topic_policy', 'aws_sns_topic_subscription'],
    service: 'sns',
    on: ['arn:aws:sns:REGION:ACCOUNT:PREFIX-*'],
    read: 'GetTopicAttributes ListTagsForResource ListSubscriptionsByTopic',
    change: 'CreateTopic SetTopicAttributes DeleteTopic Subscribe TagResource UntagResource',
  },
  {
    sid: 'Subscriptions',
    types: ['aws_sns_topic_subscription'],
    service: 'sns',
    on: ANY,
    read: 'GetSubscriptionAttributes',
    change: 'SetSubscriptionAttributes Unsubscribe',
  },
  {
    sid: 'Key',
    types: ['aws_kms_key', 'aws_kms_alias'],
    service: 'kms',
    on: ['arn:aws:kms:REGION:ACCOUNT:key/*'],
    read: 'DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags',
    change:
      'CreateAlias UpdateAlias DeleteAlias PutKeyPolicy UpdateKeyDescription EnableKey DisableKey EnableKeyRotation ScheduleKeyDeletion UntagResource',
    condition: TAGGED,
  },
  {
    sid: 'NewKey',
    types: ['aws_kms_key'],
    service: 'kms',
    on: ANY,
    // To make a key with tags, the right to tag must be on every key (KMS guide, "Controlling access to tags").
    change: 'CreateKey TagResource',
    condition: TAGGING,
  },
  {
    sid: 'KeyAlias',
    types: ['aws_kms_alias'],
    service: 'kms',
    on: ['arn:aws:kms:REGION:ACCOUNT:alias/PREFIX-*'],
    change: 'CreateAlias UpdateAlias DeleteAlias',
  },
  { sid: 'KeyAliases', types: ['aws_kms_alias'], service: 'kms', on: ANY, read: 'ListAliases' },
  {
    sid: 'Queues',
    types: ['aws_sqs_queue', 'aws_sqs_queue_policy'],
    service: 'sqs',
    on: ['arn:aws:sqs:REGION:ACCOUNT:PREFIX-*'],
    read: 'GetQueueAttributes GetQueueUrl ListQueueTags',
    change: 'CreateQueue SetQueueAttributes DeleteQueue TagQueue UntagQueue',
  },
  {
    sid: 'LogGroups',
    types: ['aws_cloudwatch_log_group', 'aws_cloudwatch_log_metric_filter'],
    service: 'logs',
    on: [
      'arn:aws:logs:REGION:ACCOUNT:log-group:/aws/lambda/PREFIX-*',
      ...['states', 'http-api'].flatMap((kind) => [
        `arn:aws:logs:REGION:ACCOUNT:log-group:/aws/vendedlogs/${kind}/PREFIX`,
        `arn:aws:logs:REGION:ACCOUNT:log-group:/aws/vendedlogs/${kind}/PREFIX:*`,
      ]),
    ],
    read: 'ListTagsForResource DescribeMetricFilters',
    change:
      'CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy PutMetricFilter DeleteMetricFilter TagResource UntagResource',
  },
  {
    sid: 'Logs',
    types: ['aws_cloudwatch_log_group', 'aws_cloudwatch_query_definition', 'aws_apigatewayv2_stage'],
    service: 'logs',
    on: ANY,
    read: 'DescribeLogGroups DescribeQueryDefinitions',
    // From CreateLogDelivery on: the API's access logs (API Gateway guide, "Configure logging for HTTP APIs").
    change:
      'PutQueryDefinition DeleteQueryDefinition CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries PutResourcePolicy DescribeResourcePolicies',
  },
  {
    sid: 'Alarms',
    types: ['aws_cloudwatch_metric_alarm'],
    service: 'cloudwatch',
    on: ['arn:aws:cloudwatch:REGION:ACCOUNT:alarm:PREFIX-*'],
    read: 'ListTagsForResource',
    change: 'PutMetricAlarm DeleteAlarms TagResource UntagResource',
  },
  // A list of alarms is of all or none (CloudWatch API, DescribeAlarms).
  { sid: 'AllAlarms', types: ['aws_cloudwatch_metric_alarm'], service: 'cloudwatch', on: ANY, read: 'DescribeAlarms' },
  {
    sid: 'Dashboard',
    types: ['aws_cloudwatch_dashboard'],
    service: 'cloudwatch',
    on: ['arn:aws:cloudwatch::ACCOUNT:dashboard/PREFIX-*'],
    read: 'GetDashboard',
    change: 'PutDashboard DeleteDashboards',
  },
];
