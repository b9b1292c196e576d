import type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { keepNoncurrentVersions, PrivateBucket } from '../private-bucket.ts';

/**
 * Days until an object goes to a colder class. Until then the execution is in the table too, and nobody reads the object.
 * S3 leaves objects under 128 KB where they are, since the colder class would bill them as 128 KB.
 */
const COLD_AFTER_DAYS = 90;
/** Days in which a deleted or replaced object can be brought back. */
const UNDELETE_DAYS = 30;

/** The bucket of executions that have ended. Versioned: once the rows are gone from the table, its objects are the only copy. */
export function archiveBucket(scope: Construct, config: StageConfig): S3Bucket {
  const { archiveYears, deletionProtection } = config.settings;
  return new PrivateBucket(new Construct(scope, 'archive'), 'store', {
    name: config.names.archive.name,
    encryption: 'aws:kms',
    versioned: true,
    protect: deletionProtection,
    rules: [
      {
        id: 'age',
        status: 'Enabled',
        filter: [{ prefix: 'executions/' }],
        transition: [{ days: COLD_AFTER_DAYS, storageClass: 'GLACIER_IR' }],
        // In whole days; a leap day more rather than one less.
        expiration: [{ days: archiveYears * 366 }],
      },
      keepNoncurrentVersions(UNDELETE_DAYS),
    ],
  }).bucket;
}
