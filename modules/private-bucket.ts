import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { policyDocument, type Statement, tlsOnly } from './policy-document.ts';

/** What differs from bucket to bucket. */
export interface PrivateBucketProps {
  /** Name of the bucket, unique in all of AWS. */
  readonly name: string;
  /**
   * `aws:kms` is the account's key for S3: each use is in CloudTrail, but only principals of the account can read.
   * `AES256` is for buckets that an AWS service reads or writes, since nobody can grant it that key.
   */
  readonly encryption: 'aws:kms' | 'AES256';
  /** Whether overwritten and deleted objects are kept. */
  readonly versioned: boolean;
  /** Whether the bucket stays when Terraform would delete it; otherwise it goes with all that is in it. */
  readonly protect: boolean;
  /** What happens to objects as they age. */
  readonly rules: readonly S3BucketLifecycleConfigurationRule[];
  /** Who may use the bucket, besides the roles that have a grant. */
  readonly statements?: (bucket: S3Bucket) => readonly Statement[];
}

/** Uploads that were begun and given up are billed until they are removed. */
const ABORT_UPLOADS: S3BucketLifecycleConfigurationRule = {
  id: 'abort-uploads',
  status: 'Enabled',
  filter: [{ prefix: '' }],
  abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
};

/** A rule that keeps a replaced or deleted object for some days, so that a mistake can be taken back. */
export function keepNoncurrentVersions(days: number): S3BucketLifecycleConfigurationRule {
  return {
    id: 'noncurrent-versions',
    status: 'Enabled',
    filter: [{ prefix: '' }],
    noncurrentVersionExpiration: [{ noncurrentDays: days }],
    // What is left of an object once its last version is gone.
    expiration: [{ expiredObjectDeleteMarker: true }],
  };
}

/** A bucket that is encrypted, closed to the public, owned whole by the account, and reached over TLS alone. */
export class PrivateBucket extends Construct {
  readonly bucket: S3Bucket;
  /** What a service that writes to the bucket must wait for. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    this.bucket = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: !props.protect,
      lifecycle: { preventDestroy: props.protect },
    });
    const bucket = this.bucket.id;
    const block = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      // The bucket key saves nearly all calls of KMS; S3 refuses it for its own encryption.
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: props.encryption },
          ...(props.encryption === 'aws:kms' ? { bucketKeyEnabled: true } : {}),
        },
      ],
    });
    const versioning = props.versioned
      ? [new S3BucketVersioningA(this, 'versioning', { bucket, versioningConfiguration: { status: 'Enabled' } })]
      : [];
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [...props.rules, ABORT_UPLOADS],
      // Rules on noncurrent versions are refused by a bucket that has none.
      ...(versioning.length === 0 ? {} : { dependsOn: versioning }),
    });
    this.policy = new S3BucketPolicy(this, 'policy', {
      bucket,
      // At synth, when what the statements name has been made: it may refer to the bucket in turn.
      policy: Lazy.stringValue({
        produce: () =>
          policyDocument([
            tlsOnly(['s3:*'], [this.bucket.arn, `${this.bucket.arn}/*`]),
            ...(props.statements?.(this.bucket) ?? []),
          ]),
      }),
      // S3 takes one change of a bucket's access at a time.
      dependsOn: [block],
    });
  }
}
