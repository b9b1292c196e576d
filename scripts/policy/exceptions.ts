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
