import { CloudwatchLogDelivery } from '@cdktf/provider-aws/lib/cloudwatch-log-delivery/index.js';
import { CloudwatchLogDeliveryDestination } from '@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination/index.js';
import { CloudwatchLogDeliverySource } from '@cdktf/provider-aws/lib/cloudwatch-log-delivery-source/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { allowService } from '../policy-document.ts';
import { PrivateBucket } from '../private-bucket.ts';

/** CloudFront is a global service, whose log deliveries are kept there (CloudFront guide, "Configure standard logging (v2)"). */
const REGION = 'us-east-1';

/** Neither addresses nor queries, cookies and tokens: the path holds ids alone. */
const FIELDS = [
  'date',
  'time',
  'x-edge-location',
  'x-edge-request-id',
  'cs-method',
  'cs-uri-stem',
  'sc-status',
  'sc-bytes',
  'time-taken',
  'x-edge-result-type',
  'x-edge-detailed-result-type',
  'cs-protocol-version',
  'ssl-protocol',
];

/**
 * Keeps the access logs of a distribution, as JSON in a bucket of their own. The bucket's policy has the statement that AWS
 * itself adds when a delivery begins and the statement is not there, to the letter: with another one that grants the same,
 * there would be two, and the next plan would take AWS's away. (CloudWatch Logs guide, "Logs sent to Amazon S3" of "Logging
 * that requires additional permissions [V2]"; the resource and the name of the source as AWS fills them in for CloudFront.)
 */
export function keepAccessLogs(parent: Construct, { names, settings }: StageConfig, resourceArn: string): void {
  const scope = new Construct(parent, 'logs');
  const { account, logRetentionDays } = settings;
  const name = `${names.globalPrefix}-website`;
  const store = new PrivateBucket(scope, 'store', {
    name: `${names.globalPrefix}-web-logs-${account}`,
    encryption: 'AES256',
    versioned: false,
    protect: false,
    rules: [{ id: 'age', status: 'Enabled', filter: [{ prefix: '' }], expiration: [{ days: logRetentionDays }] }],
    statements: ({ arn }) => [
      allowService(
        'delivery.logs.amazonaws.com',
        'AWSLogDeliveryWrite1',
        ['s3:PutObject'],
        [`${arn}/AWSLogs/${account}/CloudFront/*`],
        {
          StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:aws:logs:${REGION}:${account}:delivery-source:${name}` },
        },
      ),
    ],
  });
  const logType = 'ACCESS_LOGS';
  const source = new CloudwatchLogDeliverySource(scope, 'source', { region: REGION, name, logType, resourceArn });
  const destination = new CloudwatchLogDeliveryDestination(scope, 'destination', {
    region: REGION,
    name,
    outputFormat: 'json',
    deliveryDestinationConfiguration: [{ destinationResourceArn: store.bucket.arn }],
    dependsOn: [store.policy],
  });
  new CloudwatchLogDelivery(scope, 'delivery', {
    region: REGION,
    deliverySourceName: source.name,
    deliveryDestinationArn: destination.arn,
    recordFields: FIELDS,
  });
}
