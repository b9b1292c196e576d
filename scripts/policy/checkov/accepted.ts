/** A check of checkov that some resources fail and that we accept. */
export interface AcceptedFinding {
  /** Such as `CKV_AWS_18`. */
  readonly check: string;
  /** Of which resources, by address, `<type>.<name>`. */
  readonly on: RegExp;
  /** Why that is so, in a sentence. */
  readonly reason: string;
}

const FUNCTIONS = /^aws_lambda_function\./;
const LOG_GROUPS = /^aws_cloudwatch_log_group\./;
const BUCKETS = /^aws_s3_bucket\./;
const DISTRIBUTION = /^aws_cloudfront_distribution\.website_distribution$/;

/** Every finding that is let be. What is found no more fails `make policy-scan`, so nothing stays here for longer than it is true. */
export const ACCEPTED: readonly AcceptedFinding[] = [
  // Functions
  {
    check: 'CKV_AWS_115',
    on: FUNCTIONS,
    reason:
      'only generate-tasks is many at once, and it has a limit where concurrentRuns is set; each other limit would take from the quota of the account.',
  },
  {
    check: 'CKV_AWS_116',
    on: FUNCTIONS,
    reason:
      'a queue of the function itself is for asynchronous calls alone; the three functions that get those have an on-failure destination, which holds more.',
  },
  {
    check: 'CKV_AWS_117',
    on: FUNCTIONS,
    reason:
      'they reach services of AWS alone, over TLS and by IAM; a VPC would add endpoints at a price an hour and keep nobody out.',
  },
  {
    check: 'CKV_AWS_173',
    on: FUNCTIONS,
    reason:
      'the variables are names, ARNs and figures, which our own rule `secrets` holds; Lambda encrypts them with a key of AWS.',
  },
  {
    check: 'CKV_AWS_272',
    on: FUNCTIONS,
    reason:
      'Terraform uploads the zips itself, by their hash, with the role that could also change the signing; a signature would prove nothing more.',
  },
  // Logs
  {
    check: 'CKV_AWS_158',
    on: LOG_GROUPS,
    reason:
      'lines hold ids and figures, no texts (PLAIN_LOG_GROUPS in scripts/policy/exceptions.ts has the reason of each); CloudWatch encrypts them with a key of AWS.',
  },
  {
    check: 'CKV_AWS_338',
    on: LOG_GROUPS,
    reason:
      'how long is a setting (logRetentionDays): ids of people should not stay for longer than they help, and what must stay is in the archive.',
  },
  {
    check: 'CKV_AWS_285',
    on: /^aws_sfn_state_machine\.workflow_state_machine$/,
    reason:
      'every transition is logged (level ALL), but not the data between the states: generated tasks are texts of a person.',
  },
  // Data
  {
    check: 'CKV_AWS_119',
    on: /^aws_dynamodb_table\./,
    reason:
      'the tables use the KMS key of AWS for DynamoDB, whose use is in CloudTrail; a key of our own adds a way to lose the data (modules/workflow/tables.ts).',
  },
  {
    check: 'CKV_AWS_18',
    on: BUCKETS,
    reason:
      'who reads archive or state is what the data events of the trail of the account tell, once its owner turns them on, and that is not for this stack to do; the page is public, and CloudFront logs who asks for it.',
  },
  {
    check: 'CKV_AWS_144',
    on: BUCKETS,
    reason:
      'a stage lives in one region, tables and functions too: a copy of its buckets elsewhere would not bring it back.',
  },
  { check: 'CKV2_AWS_62', on: BUCKETS, reason: 'nothing has to happen when an object is written.' },
  {
    check: 'CKV_AWS_145',
    on: /^aws_s3_bucket\.website_(logs_)?store_bucket$/,
    reason:
      'CloudFront reads the one and log delivery writes the other, and nobody can grant a service the KMS key of AWS; what the page holds is public (modules/private-bucket.ts).',
  },
  {
    check: 'CKV_AWS_21',
    on: /^aws_s3_bucket\.website_logs_store_bucket$/,
    reason: 'log delivery never overwrites an object, and each expires with logRetentionDays.',
  },
  // The page
  {
    check: 'CKV_AWS_86',
    on: DISTRIBUTION,
    reason:
      'it is logged by the newer log delivery (modules/website/website-logs.ts), which checkov does not know; the older one needs a bucket with ACLs.',
  },
  {
    check: 'CKV_AWS_68',
    on: DISTRIBUTION,
    reason:
      'files are static, and the API behind it takes signed tokens alone and has a rate limit; a firewall is a monthly price for the owner of a stage to decide on.',
  },
  {
    check: 'CKV2_AWS_47',
    on: DISTRIBUTION,
    reason: 'nothing behind it runs Java.',
  },
  {
    check: 'CKV_AWS_310',
    on: DISTRIBUTION,
    reason: 'there is one bucket, in one region, and a second origin would have nothing newer to say.',
  },
  {
    check: 'CKV_AWS_374',
    on: DISTRIBUTION,
    reason: 'people may use the page wherever they are.',
  },
  {
    check: 'CKV_AWS_174',
    on: DISTRIBUTION,
    reason:
      'a stage without websiteDomain has the certificate of cloudfront.net, for which CloudFront takes no other TLS setting; with a domain it is TLSv1.2_2021.',
  },
  {
    check: 'CKV2_AWS_42',
    on: DISTRIBUTION,
    reason: 'a domain of our own is a setting (websiteDomain), which the stages of this repository do not have.',
  },
  {
    check: 'CKV_AWS_259',
    on: /^aws_cloudfront_response_headers_policy\.website_headers$/,
    reason:
      'two years with subdomains are sent; `preload` promises it for the whole domain, which belongs to others as well, and is hard to take back.',
  },
];
