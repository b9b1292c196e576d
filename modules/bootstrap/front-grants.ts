import { ANY, type Grant, TAGGED, TAGGING } from './grant.ts';

/** What Terraform asks of AWS for what people reach: API, page, their buckets, domain names and users. See workflow-grants.ts. */
export const FRONT_GRANTS: readonly Grant[] = [
  {
    sid: 'Api',
    types: [
      'aws_apigatewayv2_api',
      'aws_apigatewayv2_authorizer',
      'aws_apigatewayv2_integration',
      'aws_apigatewayv2_route',
      'aws_apigatewayv2_stage',
    ],
    service: 'apigateway',
    on: [
      'arn:aws:apigateway:REGION::/apis',
      'arn:aws:apigateway:REGION::/apis/*',
      'arn:aws:apigateway:REGION::/tags/*',
    ],
    read: 'GET',
    change: 'POST PATCH PUT DELETE',
  },
  {
    sid: 'ApiDomain',
    types: ['aws_apigatewayv2_domain_name', 'aws_apigatewayv2_api_mapping'],
    service: 'apigateway',
    on: ['arn:aws:apigateway:REGION::/domainnames', 'arn:aws:apigateway:REGION::/domainnames/*'],
    read: 'GET',
    change: 'POST PATCH PUT DELETE AddCertificateToDomain RemoveCertificateFromDomain',
  },
  {
    sid: 'Records',
    types: ['aws_route53_record'],
    service: 'route53',
    on: ['arn:aws:route53:::hostedzone/ZONE'],
    read: 'GetHostedZone ListResourceRecordSets',
    change: 'ChangeResourceRecordSets',
  },
  {
    sid: 'RecordChanges',
    types: ['aws_route53_record'],
    service: 'route53',
    on: ['arn:aws:route53:::change/*'],
    change: 'GetChange',
  },
  {
    sid: 'Buckets',
    types: [
      'aws_s3_bucket',
      'aws_s3_bucket_lifecycle_configuration',
      'aws_s3_bucket_ownership_controls',
      'aws_s3_bucket_policy',
      'aws_s3_bucket_public_access_block',
      'aws_s3_bucket_server_side_encryption_configuration',
      'aws_s3_bucket_versioning',
    ],
    service: 's3',
    on: ['arn:aws:s3:::PREFIX-*'],
    // s3:ListBucket is HeadBucket's. The provider reads all settings of a bucket, those too that the stack leaves alone.
    read: 'ListBucket GetBucketLocation GetBucketTagging ListTagsForResource GetBucketPolicy GetBucketAcl GetBucketCORS GetBucketWebsite GetBucketVersioning GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging GetLifecycleConfiguration GetReplicationConfiguration GetEncryptionConfiguration GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPublicAccessBlock',
    change:
      'CreateBucket PutBucketTagging TagResource UntagResource PutLifecycleConfiguration PutBucketOwnershipControls PutBucketPolicy DeleteBucketPolicy PutBucketPublicAccessBlock PutEncryptionConfiguration PutBucketVersioning',
    erase: 'DeleteBucket ListBucketVersions',
  },
  {
    sid: 'PageSettings',
    types: ['aws_s3_object'],
    service: 's3',
    on: ['arn:aws:s3:::PREFIX-REGION-website-ACCOUNT/config.json'],
    read: 'GetObject GetObjectTagging',
  },
  {
    sid: 'Page',
    types: ['aws_s3_object'],
    service: 's3',
    on: ['arn:aws:s3:::PREFIX-REGION-website-ACCOUNT/*'],
    change: 'PutObject PutObjectTagging DeleteObject',
    erase: 'DeleteObjectVersion',
  },
  {
    sid: 'Distribution',
    types: [
      'aws_cloudfront_distribution',
      'aws_cloudfront_origin_access_control',
      'aws_cloudfront_response_headers_policy',
      'aws_cloudwatch_log_delivery_source',
    ],
    service: 'cloudfront',
    on: [
      'arn:aws:cloudfront::ACCOUNT:distribution/*',
      'arn:aws:cloudfront::ACCOUNT:origin-access-control/*',
      'arn:aws:cloudfront::ACCOUNT:response-headers-policy/*',
    ],
    read: 'GetDistribution GetOriginAccessControl GetResponseHeadersPolicy ListTagsForResource',
    // The last is asked for by PutDeliverySource (CloudWatch Logs guide, "Service-specific permissions").
    change:
      'CreateDistribution UpdateDistribution DeleteDistribution TagResource UntagResource CreateOriginAccessControl UpdateOriginAccessControl DeleteOriginAccessControl CreateResponseHeadersPolicy UpdateResponseHeadersPolicy DeleteResponseHeadersPolicy AllowVendedLogDeliveryForResource',
  },
  {
    sid: 'Routing',
    types: ['aws_cloudfront_function'],
    service: 'cloudfront',
    on: ['arn:aws:cloudfront::ACCOUNT:function/PREFIX-*'],
    read: 'DescribeFunction GetFunction',
    change: 'CreateFunction UpdateFunction PublishFunction DeleteFunction',
  },
  {
    sid: 'PageLogs',
    types: [
      'aws_cloudwatch_log_delivery',
      'aws_cloudwatch_log_delivery_source',
      'aws_cloudwatch_log_delivery_destination',
    ],
    service: 'logs',
    // CloudFront's logs are delivered from there, whatever the stage's region; AWS makes up the id of a delivery.
    on: [
      'arn:aws:logs:us-east-1:ACCOUNT:delivery:*',
      'arn:aws:logs:us-east-1:ACCOUNT:delivery-source:PREFIX-*',
      'arn:aws:logs:us-east-1:ACCOUNT:delivery-destination:PREFIX-*',
    ],
    read: 'GetDelivery GetDeliverySource GetDeliveryDestination ListTagsForResource',
    change:
      'CreateDelivery UpdateDeliveryConfiguration DeleteDelivery PutDeliverySource DeleteDeliverySource PutDeliveryDestination DeleteDeliveryDestination TagResource UntagResource',
  },
  {
    sid: 'Users',
    types: ['aws_cognito_user_pool', 'aws_cognito_user_pool_client', 'aws_cognito_user_pool_domain'],
    service: 'cognito-idp',
    on: ['arn:aws:cognito-idp:REGION:ACCOUNT:userpool/*'],
    read: 'DescribeUserPool DescribeUserPoolClient GetUserPoolMfaConfig ListTagsForResource',
    change:
      'UpdateUserPool SetUserPoolMfaConfig AddCustomAttributes TagResource UntagResource CreateUserPoolClient UpdateUserPoolClient DeleteUserPoolClient CreateUserPoolDomain UpdateUserPoolDomain DeleteUserPoolDomain',
    erase: 'DeleteUserPool',
    condition: TAGGED,
  },
  {
    sid: 'NewUsers',
    types: ['aws_cognito_user_pool'],
    service: 'cognito-idp',
    on: ANY,
    change: 'CreateUserPool',
    condition: TAGGING,
  },
  {
    sid: 'UsersDomain',
    types: ['aws_cognito_user_pool_domain'],
    service: 'cognito-idp',
    on: ANY,
    read: 'DescribeUserPoolDomain',
  },
];
