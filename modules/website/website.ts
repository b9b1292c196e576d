import { CloudfrontDistribution } from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js';
import { CloudfrontFunction } from '@cdktf/provider-aws/lib/cloudfront-function/index.js';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js';
import type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object/index.js';
import { Construct } from 'constructs';
import { aliasRecord } from '../api/domain.ts';
import type { HttpApi } from '../api/http-api.ts';
import { signInDomain } from '../api/sign-in.ts';
import type { StageConfig } from '../config.ts';
import { allowService } from '../policy-document.ts';
import { keepNoncurrentVersions, PrivateBucket } from '../private-bucket.ts';
import { securityHeaders } from './website-headers.ts';
import { keepAccessLogs } from './website-logs.ts';

/** Policies that CloudFront keeps for everyone (CloudFront guide, "Use managed cache policies" and "… origin request policies"). */
const MANAGED = {
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  allViewerExceptHostHeader: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
} as const;

/**
 * Routes of the page are no objects of the bucket, so what has no ending is answered with index.html. An error page of
 * the distribution would do it too, but would also turn the API's 403 and 404 into HTML.
 */
const ROUTING = `function handler(event) {
  var request = event.request;
  if (!/\\.[A-Za-z0-9]+$/.test(request.uri)) request.uri = '/index.html';
  return request;
}
`;

/** Days in which the files of an earlier deploy can be brought back. */
const UNDELETE_DAYS = 30;

/** The page: a private bucket behind CloudFront, and the API under the same origin, so that a browser sends no preflights. */
export class Website extends Construct {
  readonly distribution: CloudfrontDistribution;
  readonly bucket: S3Bucket;
  /** Address of the page, without a slash at the end. */
  readonly url: string;

  /** @param api which the page finds under its own origin as `/api/*` */
  constructor(scope: Construct, id: string, config: StageConfig, api: HttpApi) {
    super(scope, id);
    const { settings, names } = config;
    const domain = settings.websiteDomain;
    const store = new PrivateBucket(this, 'store', {
      name: `${names.globalPrefix}-website-${settings.account}`,
      encryption: 'AES256',
      versioned: true,
      protect: settings.deletionProtection,
      rules: [keepNoncurrentVersions(UNDELETE_DAYS)],
      statements: ({ arn }) => [
        allowService('cloudfront.amazonaws.com', 'Distribution', ['s3:GetObject'], [`${arn}/*`], {
          StringEquals: { 'AWS:SourceArn': this.distribution.arn },
        }),
      ],
    });
    this.bucket = store.bucket;
    this.distribution = this.distribute(config, api);
    this.url = `https://${domain?.domainName ?? this.distribution.domainName}`;
    if (domain !== undefined) {
      const { domainName: name, hostedZoneId: zoneId } = this.distribution;
      aliasRecord(this, domain, { name, zoneId });
    }
    keepAccessLogs(this, config, this.distribution.arn);
  }

  /** CloudFront, with the page and, under `/api/*`, the API. */
  private distribute(config: StageConfig, api: HttpApi): CloudfrontDistribution {
    const domain = config.settings.websiteDomain;
    const access = new CloudfrontOriginAccessControl(this, 'access', {
      name: `${config.names.globalPrefix}-website`,
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    });
    return new CloudfrontDistribution(this, 'distribution', {
      comment: config.prefix,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: 'http2and3',
      // All but South America and Oceania: where the page's people are, at two thirds of the price.
      priceClass: 'PriceClass_200',
      defaultRootObject: 'index.html',
      ...(domain === undefined ? {} : { aliases: [domain.domainName] }),
      origin: [
        { originId: 'page', domainName: this.bucket.bucketRegionalDomainName, originAccessControlId: access.id },
        {
          originId: 'api',
          domainName: api.host,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: 'https-only',
            originSslProtocols: ['TLSv1.2'],
          },
        },
      ],
      ...this.behaviors(config),
      restrictions: { geoRestriction: { restrictionType: 'none', locations: [] } },
      viewerCertificate:
        domain === undefined
          ? { cloudfrontDefaultCertificate: true }
          : {
              acmCertificateArn: domain.certificateArn,
              sslSupportMethod: 'sni-only',
              minimumProtocolVersion: 'TLSv1.2_2021',
            },
    });
  }

  /** What is answered by the bucket, and what by the API. */
  private behaviors(config: StageConfig) {
    const name = `${config.names.globalPrefix}-website`;
    const routing = new CloudfrontFunction(this, 'routing', {
      name: `${name}-routing`,
      runtime: 'cloudfront-js-2.0',
      comment: 'Routes of the page are answered with index.html',
      // One in use cannot be deleted (hashicorp/terraform-provider-aws#21730), and its name cannot be changed.
      lifecycle: { createBeforeDestroy: true },
      publish: true,
      code: ROUTING,
    });
    const headers = securityHeaders(this, name, [`https://${signInDomain(config)}`]);
    const shared = { viewerProtocolPolicy: 'redirect-to-https', compress: true, cachedMethods: ['GET', 'HEAD'] };
    return {
      defaultCacheBehavior: {
        ...shared,
        targetOriginId: 'page',
        allowedMethods: ['GET', 'HEAD'],
        cachePolicyId: MANAGED.cachingOptimized,
        responseHeadersPolicyId: headers.id,
        functionAssociation: [{ eventType: 'viewer-request', functionArn: routing.arn }],
      },
      orderedCacheBehavior: [
        {
          ...shared,
          pathPattern: '/api/*',
          targetOriginId: 'api',
          allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
          cachePolicyId: MANAGED.cachingDisabled,
          // All that the browser sent, the token too, but the host: API Gateway knows its own name alone.
          originRequestPolicyId: MANAGED.allViewerExceptHostHeader,
        },
      ],
    };
  }

  /**
   * Tells the page where it is, so that one build serves every stage: what `web/src/config.ts` reads. It is no part of
   * the build, so an upload of that must leave it alone.
   * @param clientId of the page; apart from the constructor, since a user pool may have to know the page first
   */
  configure(domain: string, clientId: string): void {
    new S3Object(this, 'config', {
      bucket: this.bucket.id,
      key: 'config.json',
      contentType: 'application/json',
      cacheControl: 'no-store',
      // An empty apiUrl is where the page came from.
      content: JSON.stringify({
        apiUrl: '',
        auth: { kind: 'cognito', domain, clientId, redirectUri: this.redirectUri },
      }),
    });
  }

  /** Where people come back to after they signed in. */
  get redirectUri(): string {
    return `${this.url}/`;
  }
}
