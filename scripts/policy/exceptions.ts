/** A wildcard that may be in a policy. */
export interface ForcedWildcard {
  readonly reason: string;
  /** Covers `<type of the resource that has the policy>: <action> on <resource>`. */
  readonly pattern: RegExp;
  /** Condition key, in small letters, that must narrow the statement, where there is one. */
  readonly condition?: string;
}

/** Wildcards that AWS forces, or that stand for names which AWS or the workflow makes. */
export const FORCED_WILDCARDS: readonly ForcedWildcard[] = [
  {
    reason: 'X-Ray has no resources',
    pattern: /^aws_iam_role_policy: xray:(Put(TraceSegments|TelemetryRecords)|GetSampling(Rules|Targets)) on \*$/,
  },
  {
    reason: 'Lambda names the streams of a log group',
    pattern:
      /^aws_iam_role_policy: logs:(CreateLogStream|PutLogEvents) on \$\{aws_cloudwatch_log_group\.\w+\.arn\}:\*$/,
  },
  {
    reason: 'log delivery has no resources',
    pattern:
      /^aws_iam_role_policy: logs:((Create|Get|Update|Delete)LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe(ResourcePolicies|LogGroups)) on \*$/,
  },
  {
    reason: 'PutMetricData has no resources, only namespaces as a condition',
    pattern: /^aws_iam_role_policy: cloudwatch:PutMetricData on \*$/,
    condition: 'cloudwatch:namespace',
  },
  {
    reason: 'an execution has a name of its own',
    pattern:
      /^aws_iam_role_policy: states:(DescribeExecution|StopExecution|GetExecutionHistory) on arn:aws:states:[\w-]+:\d{12}:execution:goal-activity-\w+:\*$/,
  },
  {
    reason: 'running executions call the versions that were the newest when they began',
    pattern: /^aws_iam_role_policy: lambda:InvokeFunction on \$\{aws_lambda_function\.\w+\.arn\}:\*$/,
  },
  {
    reason: 'an archived execution has a key of its own',
    pattern: /^aws_iam_role_policy: s3:PutObject on arn:aws:s3:::goal-activity-[\w-]+-archive-\d{12}\/executions\/\*$/,
  },
  {
    reason: 'log delivery names the objects that it writes, of no other delivery',
    pattern: /^aws_s3_bucket_policy: s3:PutObject on \$\{aws_s3_bucket\.\w+\.arn\}\/AWSLogs\/\d{12}\/CloudFront\/\*$/,
    condition: 'aws:sourcearn',
  },
  {
    reason: 'CloudFront reads every file of the website, and no other distribution does',
    pattern: /^aws_s3_bucket_policy: s3:GetObject on \$\{aws_s3_bucket\.\w+\.arn\}\/\*$/,
    condition: 'aws:sourcearn',
  },
  {
    reason: 'in a key policy * is the key itself, and the account must stay able to manage it',
    pattern: /^aws_kms_key: kms:(\*|Decrypt|GenerateDataKey\*) on \*$/,
  },
  {
    reason: 'who deploys a stage makes what is not there yet, named by the prefix of the stage',
    pattern:
      /^aws_iam_policy: [\w-]+:\w+ on arn:aws:[\w-]+:[\w-]*:(\d{12})?:[\w/-]*:?(\/aws\/(lambda|vendedlogs\/[\w-]+)\/)?goal-activity-\w+(-[\w-]+\/|[-:])\*$/,
  },
  {
    reason: 'AWS makes up the id, and knows no tags there: account and region are what can be fixed',
    pattern:
      /^aws_iam_policy: (apigateway:\w+ on arn:aws:apigateway:[\w-]+::\/(apis|domainnames|tags)\/\*|cloudfront:\w+ on arn:aws:cloudfront::\d{12}:(distribution|origin-access-control|response-headers-policy)\/\*|logs:\w+ on arn:aws:logs:us-east-1:\d{12}:delivery:\*|route53:GetChange on arn:aws:route53:::change\/\*)$/,
  },
  {
    reason: 'AWS makes up the id, and the tags say whose it is',
    pattern:
      /^aws_iam_policy: (kms:\w+ on arn:aws:kms:[\w-]+:\d{12}:key|cognito-idp:\w+ on arn:aws:cognito-idp:[\w-]+:\d{12}:userpool)\/\*$/,
    condition: 'aws:resourcetag/stage',
  },
  {
    reason: 'what is not there yet has no id, and is made with its tags',
    pattern: /^aws_iam_policy: (kms:(CreateKey|TagResource)|cognito-idp:CreateUserPool) on \*$/,
    condition: 'aws:requesttag/stage',
  },
  {
    reason: 'the actions have no resources',
    pattern:
      /^aws_iam_policy: (states:ValidateStateMachineDefinition|sns:(GetSubscriptionAttributes|SetSubscriptionAttributes|Unsubscribe)|kms:ListAliases|cloudwatch:DescribeAlarms|cognito-idp:DescribeUserPoolDomain|logs:\w+(QueryDefinitions?|LogDelivery|LogDeliveries|ResourcePolicy|ResourcePolicies|LogGroups)) on \*$/,
  },
  {
    reason: 'a permissions boundary grants nothing, it only limits the policies of a role',
    pattern:
      /^aws_iam_policy: (xray:\w+ on \*|cloudwatch:PutMetricData on \*|bedrock:InvokeModel on arn:aws:bedrock:(\*::foundation-model|[\w-]+:\d{12}:inference-profile)\/\*)$/,
  },
  {
    reason:
      'the keys that AWS keeps for tables and archive have ids of its own, and are used through the services alone',
    pattern: /^aws_iam_policy: kms:(Decrypt|Encrypt|GenerateDataKey|DescribeKey) on arn:aws:kms:[\w-]+:\d{12}:key\/\*$/,
    condition: 'kms:viaservice',
  },
];

/**
 * Log groups for which the encryption that CloudWatch Logs always has, with a key of AWS, is enough. A key of our own
 * would protect from a reader who may read logs but not use the key, and nobody is to be such a reader.
 */
export const PLAIN_LOG_GROUPS: readonly { readonly reason: string; readonly name: RegExp }[] = [
  {
    reason: 'lines carry ids and figures from an allow-list, never texts or addresses (lambdas/core/src/log/logger.ts)',
    name: /^\/aws\/lambda\/goal-activity-/,
  },
  {
    reason: 'transitions are logged without execution data (modules/workflow/state-machine.ts)',
    name: /^\/aws\/vendedlogs\/states\/goal-activity-/,
  },
  {
    reason: 'a request is logged without path, body and token (modules/api/http-api.ts)',
    name: /^\/aws\/vendedlogs\/http-api\/goal-activity-/,
  },
];
