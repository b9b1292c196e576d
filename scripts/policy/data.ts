import { type Document, isTrue, ofType, type Resource, referencesIn, valuesAt } from './document.ts';
import { PLAIN_LOG_GROUPS } from './exceptions.ts';
import { statementsOf } from './policies.ts';
import { type Finding, failing, type Rule } from './rule.ts';

/** Stages whose data must survive a mistake. */
const PROTECTED_STAGES: ReadonlySet<string> = new Set(['prod']);

/** Buckets of the page, whose content a deploy makes again, and of its access logs, which are deleted soon anyway. */
const REPLACEABLE_BUCKETS = /^aws_s3_bucket\.website_/;

export const DATA_RULES: readonly Rule[] = [
  { name: 'encryption-at-rest', check: encryptionAtRest },
  { name: 'encryption-in-transit', check: encryptionInTransit },
  { name: 'point-in-time-recovery', check: pointInTimeRecovery },
  { name: 'deletion-protection', check: deletionProtection },
];

function encryptionAtRest(document: Document): readonly Finding[] {
  const settings = ofType(document, 'aws_s3_bucket_server_side_encryption_configuration').filter(
    ({ of }) => valuesAt(of, 'rule', 'apply_server_side_encryption_by_default', 'sse_algorithm').length > 0,
  );
  return [
    ...failing(
      ofType(document, 'aws_dynamodb_table'),
      (table) => isTrue(table, 'server_side_encryption', 'enabled'),
      'the table is not encrypted with a KMS key',
    ),
    ...failing(
      ofType(document, 'aws_sns_topic'),
      ({ of }) => valuesAt(of, 'kms_master_key_id').length > 0,
      'the topic has no KMS key',
    ),
    ...failing(
      ofType(document, 'aws_sqs_queue'),
      (queue) => isTrue(queue, 'sqs_managed_sse_enabled') || valuesAt(queue.of, 'kms_master_key_id').length > 0,
      'the queue is not encrypted',
    ),
    ...failing(
      ofType(document, 'aws_s3_bucket'),
      (bucket) => settings.some(({ of }) => refersTo(of.bucket, bucket)),
      'the bucket has no encryption configured',
    ),
    ...failing(
      ofType(document, 'aws_cloudwatch_log_group'),
      ({ of }) =>
        valuesAt(of, 'kms_key_id').length > 0 || PLAIN_LOG_GROUPS.some(({ name }) => name.test(String(of.name))),
      'the log group has neither a KMS key nor a reason on record why it needs none',
    ),
  ];
}

/** A bucket answers plain HTTP unless its policy refuses to, CloudFront unless its behaviors do. */
function encryptionInTransit(document: Document): readonly Finding[] {
  const refusing = statementsOf(document).filter(
    ({ effect, conditions }) => effect === 'Deny' && conditions.includes('aws:securetransport'),
  );
  const behaviors = ['default_cache_behavior', 'ordered_cache_behavior'];
  return [
    ...failing(
      ofType(document, 'aws_s3_bucket'),
      (bucket) => refusing.some(({ on }) => on.type === 'aws_s3_bucket_policy' && refersTo(on.of.bucket, bucket)),
      'the bucket can be reached without TLS',
    ),
    ...failing(
      ofType(document, 'aws_cloudfront_distribution'),
      ({ of }) => !behaviors.some((name) => valuesAt(of, name, 'viewer_protocol_policy').includes('allow-all')),
      'the distribution answers plain HTTP',
    ),
  ];
}

function pointInTimeRecovery(document: Document): readonly Finding[] {
  return failing(
    ofType(document, 'aws_dynamodb_table'),
    (table) => isTrue(table, 'point_in_time_recovery', 'enabled'),
    'the table cannot be restored to a point in time',
  );
}

/** In AWS, and in Terraform's plan, which would otherwise replace a table that got another key. */
function deletionProtection(document: Document): readonly Finding[] {
  if (!PROTECTED_STAGES.has(document.stage)) return [];
  const tables = ofType(document, 'aws_dynamodb_table');
  const buckets = ofType(document, 'aws_s3_bucket').filter(({ address }) => !REPLACEABLE_BUCKETS.test(address));
  const kept = (resource: Resource) => isTrue(resource, 'lifecycle', 'prevent_destroy');
  return [
    ...failing(tables, (table) => isTrue(table, 'deletion_protection_enabled'), 'AWS would let the table be deleted'),
    ...failing([...tables, ...buckets], kept, 'Terraform would destroy it'),
    ...failing(buckets, (bucket) => !isTrue(bucket, 'force_destroy'), 'the bucket would be emptied to be deleted'),
    ...failing(
      ofType(document, 'aws_cognito_user_pool'),
      ({ of }) => of.deletion_protection === 'ACTIVE',
      'AWS would let the users be deleted',
    ),
  ];
}

function refersTo(value: unknown, { address }: Resource): boolean {
  return referencesIn(value).includes(address);
}
