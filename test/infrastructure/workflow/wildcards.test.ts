import { expect } from 'chai';
import { dev, resourcesOf, type Synthesized, statementsOf } from '../synthesized.ts';

/** The wildcards that may be in a policy, with the reason for each. A pattern covers action and resource together. */
const FORCED: readonly [reason: string, pattern: RegExp][] = [
  ['X-Ray has no resources', /^xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets) on \*$/],
  [
    'Lambda names the streams of a log group',
    /^logs:(CreateLogStream|PutLogEvents) on \$\{aws_cloudwatch_log_group\.\w+\.arn\}:\*$/,
  ],
  [
    'log delivery has no resources',
    /^logs:((Create|Get|Update|Delete)LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe(ResourcePolicies|LogGroups)) on \*$/,
  ],
  [
    'an execution has a name of its own',
    /^states:(DescribeExecution|StopExecution|GetExecutionHistory) on arn:aws:states:[\w-]+:\d{12}:execution:goal-activity-dev:\*$/,
  ],
  [
    'running executions call the versions that were the newest when they began',
    /^lambda:InvokeFunction on \$\{aws_lambda_function\.\w+_function\.arn\}:\*$/,
  ],
  ['a metric is no resource', /^cloudwatch:PutMetricData on \*$/],
  [
    'an archived execution has a name of its own',
    /^s3:PutObject on \$\{aws_s3_bucket\.archive_store_bucket\.arn\}\/executions\/\*$/,
  ],
  [
    'the files of the page have names of their own',
    /^s3:GetObject on \$\{aws_s3_bucket\.website_store_bucket\.arn\}\/\*$/,
  ],
  [
    'CloudFront names the files of its logs',
    /^s3:PutObject on \$\{aws_s3_bucket\.website_logs_store_bucket\.arn\}\/AWSLogs\/\d{12}\/CloudFront\/\*$/,
  ],
  [
    'in a key policy * is the key itself, and the account must stay able to manage it',
    /^key: (kms:\*|kms:Decrypt|kms:GenerateDataKey) on \*$/,
  ],
];

/** The statements that grant something: what is denied may be named as widely as one likes. */
const allowedBy = (policy: unknown) => statementsOf(policy).filter(({ Effect }) => Effect === 'Allow');

/** Every "action on resource" of every policy. */
function grantsOf(synthesized: Synthesized): string[] {
  const policies: [string, unknown][] = [
    ...Object.values(resourcesOf(synthesized, 'aws_iam_role_policy')).map((role): [string, unknown] => [
      '',
      role.policy,
    ]),
    ...Object.values(resourcesOf(synthesized, 'aws_sqs_queue_policy')).map((queue): [string, unknown] => [
      '',
      queue.policy,
    ]),
    ...Object.values(resourcesOf(synthesized, 'aws_s3_bucket_policy')).map((bucket): [string, unknown] => [
      '',
      bucket.policy,
    ]),
    ...Object.values(resourcesOf(synthesized, 'aws_kms_key')).map((key): [string, unknown] => ['key: ', key.policy]),
  ];
  return policies.flatMap(([kind, policy]) =>
    allowedBy(policy).flatMap(({ Action, Resource = [] }) =>
      Action.flatMap((action) => Resource.map((resource) => `${kind}${action} on ${resource}`)),
    ),
  );
}

describe('wildcards', () => {
  const wild = grantsOf(dev).filter((grant) => /[*?]/.test(grant));

  it('are in policies only where AWS forces them', () => {
    expect(wild.filter((grant) => !FORCED.some(([, pattern]) => pattern.test(grant)))).to.deep.equal([]);
  });

  for (const [reason, pattern] of FORCED) {
    it(`are still needed because ${reason}`, () => {
      expect(wild.some((grant) => pattern.test(grant))).to.equal(true);
    });
  }

  it('are in no principal', () => {
    const types = ['aws_iam_role', 'aws_sqs_queue_policy', 'aws_s3_bucket_policy', 'aws_kms_key'];
    const policies = types.flatMap((type) => Object.values(resourcesOf(dev, type)));
    const principals = policies.flatMap(({ assume_role_policy: trust, policy }) =>
      allowedBy(trust ?? policy).map(({ Principal }) => JSON.stringify(Principal)),
    );
    expect(principals).to.have.length.greaterThan(0);
    for (const principal of principals) expect(principal).to.match(/^\{"(Service|AWS)":"[^*]+"\}$/);
  });
});
