import { has, isTrue, type Resource, valuesAt } from './document.ts';
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
  // A bucket answers plain HTTP unless its policy refuses to.
  each('encryption-in-transit', BUCKET, 'the bucket can be reached without TLS', (bucket, document) => {
    const policies = about(document, 'aws_s3_bucket_policy', 'bucket', bucket);
    return statementsOf({ ...document, resources: policies }).some(
      ({ effect, conditions }) => effect === 'Deny' && conditions.includes('aws:securetransport'),
    );
  }),
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
