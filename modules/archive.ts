import type { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js';
import type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { Construct } from 'constructs';
import type { PublishedFunction } from './functions.ts';
import { keepNoncurrentVersions, PrivateBucket } from './private-bucket.ts';

/** Where archived executions lie. */
export interface ArchiveBucketProps {
  /** Starts the bucket's name. */
  readonly prefix: string;
  /** Ends the bucket's name, which must be unique in all of AWS. */
  readonly account: string;
  /** Years after which an archived execution is deleted. */
  readonly years: number;
  /** Whether the bucket refuses to be deleted. */
  readonly protect: boolean;
}

/**
 * Days until an object goes to a colder class: together with the table's 90 days, half a year after the execution.
 * S3 leaves objects under 128 KB where they are, since the colder class would bill them as 128 KB.
 */
const COLD_AFTER_DAYS = 90;
/** Days in which a deleted or replaced object can be brought back. */
const UNDELETE_DAYS = 30;

/** The bucket of expired executions. Versioned: once the rows are gone from the table, its objects are the only copy. */
export class ArchiveBucket extends Construct {
  readonly bucket: S3Bucket;

  constructor(scope: Construct, id: string, props: ArchiveBucketProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'store', {
      name: `${props.prefix}-archive-${props.account}`,
      encryption: 'aws:kms',
      versioned: true,
      protect: props.protect,
      rules: [
        {
          id: 'age',
          status: 'Enabled',
          filter: [{ prefix: 'executions/' }],
          transition: [{ days: COLD_AFTER_DAYS, storageClass: 'GLACIER_IR' }],
          // In whole days; a leap day more rather than one less.
          expiration: [{ days: props.years * 366 }],
        },
        keepNoncurrentVersions(UNDELETE_DAYS),
      ],
    }).bucket;
  }
}

/** What brings expired rows to the archive. */
export interface ArchiveStreamProps {
  /** The table whose expired rows are archived; it has a stream. */
  readonly table: DynamodbTable;
  /** Called with the stream's records. */
  readonly archiver: PublishedFunction;
  /** Takes what names the records that could not be archived. */
  readonly deadLetters: SqsQueue;
}

/**
 * The rows that DynamoDB itself deletes because they expired (DynamoDB guide, "Working with streams and TTL"), of these
 * the EXECUTION rows alone: the archiver reads the outcomes, which expire later, by itself.
 */
const EXPIRED_EXECUTIONS = {
  eventName: ['REMOVE'],
  userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] },
  dynamodb: { Keys: { sk: { S: ['EXECUTION'] } } },
};

/** The way from the table's stream to the archiver. */
export class ArchiveStream extends Construct {
  constructor(scope: Construct, id: string, { table, archiver, deadLetters }: ArchiveStreamProps) {
    super(scope, id);
    new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: table.streamArn,
      functionName: archiver.live.arn,
      // Nothing that expired between the deploy of table and mapping is passed over.
      startingPosition: 'TRIM_HORIZON',
      // TTL deletes have no hurry: half a minute of waiting makes fewer, fuller invocations.
      batchSize: 25,
      maximumBatchingWindowInSeconds: 30,
      filterCriteria: { filter: [{ pattern: JSON.stringify(EXPIRED_EXECUTIONS) }] },
      // One record that cannot be archived is found by halving the batch, and holds up nothing else for long.
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      // The stream keeps records for 24 hours: half of that is left to see the alarm and read them again.
      maximumRecordAgeInSeconds: 12 * 60 * 60,
      maximumRetryAttempts: 50,
      destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
    });
  }
}
