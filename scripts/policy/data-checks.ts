import { has, isTrue, type Resource, referencesIn, valuesAt } from './document.ts';
import { PLAIN_LOG_GROUPS } from './exceptions.ts';
import { about, type Check, each } from './rule.ts';
import { statementsOf } from './statements.ts';

/** Buckets of the page, whose content a deploy makes again, and of its access logs, which are deleted soon anyway. */
const REPLACEABLE_BUCKETS = /^aws_s3_bucket\.website_/;

const TABLE = 'aws_dynamodb_table';
const BUCKET = 'aws_s3_bucket';

/** Holds for a resource of a stage whose data must survive a mistake, and for any of another stage. */
const inProtected =
  (holds: (resource: Resource) => boolean): Check['holds'] =>
  (resource, { isProtected }) =>
    !isProtected || REPLACEABLE_BUCKETS.test(resource.address) || holds(resource);

/** Each queue, topic and bucket answers plain HTTP unless its policy refuses to: whose policies say of it in an argument. */
const tlsOnly = (type: string, argument: string, refused: string) =>
  each('encryption-in-transit', type, 'it can be reached without TLS', (resource, document) =>
    statementsOf({ ...document, resources: about(document, `${type}_policy`, argument, resource) }).some(
      ({ effect, principals, actions, resources, conditions }) =>
        effect === 'Deny' &&
        principals.includes('*') &&
        actions.includes(refused) &&
        resources.some((arn) => referencesIn(arn).includes(resource.address)) &&
        conditions.includes('aws:securetransport'),
    ),
  );

/** What keeps data from being read by others, and from being lost. */
export const DATA_CHECKS: readonly Check[] = [
  each('encryption-at-rest', TABLE, 'the table is not encrypted with a KMS key', (table) =>
    isTrue(table, 'server_side_encryption', 'enabled'),
  ),
  each('encryption-at-rest', 'aws_sns_topic', 'the topic has no KMS key', (topic) => has(topic, 'kms_master_key_id')),
  each(
    'encryption-at-rest',
    'aws_sqs_queue',
    'the queue is not encrypted',
    (queue) => isTrue(queue, 'sqs_managed_sse_enabled') || has(queue, 'kms_master_key_id'),
  ),
  each('encryption-at-rest', BUCKET, 'the bucket has no encryption configured', (bucket, document) =>
    about(document, 'aws_s3_bucket_server_side_encryption_configuration', 'bucket', bucket).some((setting) =>
      has(setting, 'rule', 'apply_server_side_encryption_by_default', 'sse_algorithm'),
    ),
  ),
  each(
    'encryption-at-rest',
    'aws_cloudwatch_log_group',
    'the log group has neither a KMS key nor a reason on record why it needs none',
    (group) => has(group, 'kms_key_id') || PLAIN_LOG_GROUPS.some(({ name }) => name.test(String(group.of.name))),
  ),
  each('encryption-at-rest', 'aws_kms_key', 'the key is never rotated', (key) => isTrue(key, 'enable_key_rotation')),
  tlsOnly(BUCKET, 'bucket', 's3:*'),
  tlsOnly('aws_sqs_queue', 'queue_url', 'sqs:*'),
  // SNS takes no policy on all of sns:*, and this is the only action of data.
  tlsOnly('aws_sns_topic', 'arn', 'sns:Publish'),
  each(
    'encryption-in-transit',
    'aws_cloudfront_distribution',
    'the distribution answers plain HTTP',
    ({ of }) =>
      !['default_cache_behavior', 'ordered_cache_behavior'].some((behavior) =>
        valuesAt(of, behavior, 'viewer_protocol_policy').includes('allow-all'),
      ),
  ),
  each('point-in-time-recovery', TABLE, 'the table cannot be restored to a point in time', (table) =>
    isTrue(table, 'point_in_time_recovery', 'enabled'),
  ),
  each(
    'deletion-protection',
    TABLE,
    'AWS would let the table be deleted',
    inProtected((table) => isTrue(table, 'deletion_protection_enabled')),
  ),
  // Terraform would otherwise replace a table that got another key.
  each(
    'deletion-protection',
    [TABLE, BUCKET],
    'Terraform would destroy it',
    inProtected((resource) => isTrue(resource, 'lifecycle', 'prevent_destroy')),
  ),
  each(
    'deletion-protection',
    BUCKET,
    'the bucket would be emptied to be deleted',
    inProtected((bucket) => !isTrue(bucket, 'force_destroy')),
  ),
  each(
    'deletion-protection',
    'aws_cognito_user_pool',
    'AWS would let the users be deleted',
    inProtected(({ of }) => of.deletion_protection === 'ACTIVE'),
  ),
  // Uploads that were begun and given up are billed until they are removed.
  each('abandoned-uploads', BUCKET, 'the bucket keeps uploads that were begun and not ended', (bucket, document) =>
    about(document, 'aws_s3_bucket_lifecycle_configuration', 'bucket', bucket).some((setting) =>
      has(setting, 'rule', 'abort_incomplete_multipart_upload', 'days_after_initiation'),
    ),
  ),
];
