import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { parseConfig } from '../../../web/src/config.ts';
import {
  dev,
  fieldOf,
  full,
  jsonOf,
  prod,
  reference,
  resourceOf,
  resourcesOf,
  type Synthesized,
  statementsOf,
  synthesizeStage,
  withProd,
} from '../synthesized.ts';

const distributionOf = (synthesized: Synthesized) =>
  resourceOf(synthesized, 'aws_cloudfront_distribution', 'website_distribution');

/** The directives of the Content-Security-Policy. */
function directivesOf(synthesized: Synthesized): Record<string, string> {
  const { security_headers_config } = resourceOf(
    synthesized,
    'aws_cloudfront_response_headers_policy',
    'website_headers',
  );
  const policy = fieldOf(fieldOf(security_headers_config, 'content_security_policy'), 'content_security_policy');
  return Object.fromEntries(
    String(policy)
      .split('; ')
      .map((directive) => {
        const [name = '', ...sources] = directive.split(' ');
        return [name, sources.join(' ')];
      }),
  );
}

/** What CloudFront asks the bucket for when a browser asks for a path. */
function routed(path: string): unknown {
  const { code } = resourceOf(prod, 'aws_cloudfront_function', 'website_routing');
  return runInNewContext(`${String(code)}; handler({ request: { uri: path } }).uri`, { path });
}

describe('website', () => {
  it('reads its files from the private bucket, as this distribution alone may', () => {
    const { origin } = distributionOf(prod);
    expect(origin).to.deep.include({
      origin_id: 'page',
      domain_name: reference('aws_s3_bucket.website_store_bucket.bucket_regional_domain_name'),
      origin_access_control_id: reference('aws_cloudfront_origin_access_control.website_access.id'),
    });
    expect(resourceOf(prod, 'aws_cloudfront_origin_access_control', 'website_access')).to.include({
      origin_access_control_origin_type: 's3',
      signing_behavior: 'always',
      signing_protocol: 'sigv4',
    });
    const [, ...statements] = statementsOf(resourceOf(prod, 'aws_s3_bucket_policy', 'website_store_policy').policy);
    expect(
      statements.map(({ Principal, Action, Resource, Condition }) => [Principal, Action, Resource, Condition]),
    ).to.deep.equal([
      [
        { Service: 'cloudfront.amazonaws.com' },
        ['s3:GetObject'],
        [`${reference('aws_s3_bucket.website_store_bucket.arn')}/*`],
        { StringEquals: { 'AWS:SourceArn': reference('aws_cloudfront_distribution.website_distribution.arn') } },
      ],
    ]);
  });

  it('is served over HTTPS alone', () => {
    const { default_cache_behavior, ordered_cache_behavior } = distributionOf(prod);
    const policies = [default_cache_behavior, ...Object.values(ordered_cache_behavior ?? {})].map((of) =>
      fieldOf(of, 'viewer_protocol_policy'),
    );
    expect(policies).to.deep.equal(['redirect-to-https', 'redirect-to-https']);
  });

  it('has the API under its own origin, uncached and with the token, so that browsers send no preflights', () => {
    const { ordered_cache_behavior, origin } = distributionOf(prod);
    expect(ordered_cache_behavior).to.have.length(1);
    expect(Object.values(ordered_cache_behavior ?? {})[0]).to.include({
      path_pattern: '/api/*',
      target_origin_id: 'api',
      // CachingDisabled and AllViewerExceptHostHeader, of the CloudFront guide.
      cache_policy_id: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      origin_request_policy_id: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    });
    expect(origin).to.deep.include({
      origin_id: 'api',
      domain_name: `${reference('aws_apigatewayv2_api.http_api.id')}.execute-api.ap-northeast-1.amazonaws.com`,
      custom_origin_config: {
        http_port: 80,
        https_port: 443,
        origin_protocol_policy: 'https-only',
        origin_ssl_protocols: ['TLSv1.2'],
      },
    });
  });

  for (const [path, wanted] of [
    ['/', '/index.html'],
    ['/goals/0b6f8f5e', '/index.html'],
    ['/workflows/arn%3Aaws%3Astates', '/index.html'],
    ['/index.html', '/index.html'],
    ['/assets/index-B2a4.js', '/assets/index-B2a4.js'],
    ['/favicon.svg', '/favicon.svg'],
  ] as const) {
    it(`answers ${path} with ${wanted}`, () => {
      expect(routed(path)).to.equal(wanted);
    });
  }

  it('leaves the API’s own errors as they are', () => {
    expect(distributionOf(prod)).to.not.have.property('custom_error_response');
    const functions = fieldOf(distributionOf(prod).default_cache_behavior, 'function_association');
    expect(functions).to.deep.equal([
      { event_type: 'viewer-request', function_arn: reference('aws_cloudfront_function.website_routing.arn') },
    ]);
    expect(Object.values(distributionOf(prod).ordered_cache_behavior ?? {})[0]).to.not.have.property(
      'function_association',
    );
  });

  it('runs scripts and styles of its own files alone, in no frame', () => {
    const { 'connect-src': _, ...directives } = directivesOf(prod);
    expect(directives).to.deep.equal({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'manifest-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
      'upgrade-insecure-requests': '',
    });
  });

  it('calls its own origin, with the API, and where people sign in, and nothing else', () => {
    expect(directivesOf(prod)['connect-src']).to.equal("'self' https://auth.example.com");
    const cognito = 'https://goal-activity-prod-111122223333.auth.ap-northeast-1.amazoncognito.com';
    expect(directivesOf(full)['connect-src']).to.equal(`'self' ${cognito}`);
  });

  for (const [name, synthesized, url, domain, clientId] of [
    [
      'an issuer of its own',
      prod,
      `https://${reference('aws_cloudfront_distribution.website_distribution.domain_name')}`,
      'auth.example.com',
      'goal-activity-page',
    ],
    [
      'a user pool and a domain',
      full,
      'https://app.example.com',
      'goal-activity-prod-111122223333.auth.ap-northeast-1.amazoncognito.com',
      reference('aws_cognito_user_pool_client.users_client.id'),
    ],
  ] as const) {
    it(`is told where it is and how people sign in, with ${name}, in a file that nothing caches`, () => {
      const file = resourceOf(synthesized, 'aws_s3_object', 'website_config');
      expect(file).to.include({
        bucket: reference('aws_s3_bucket.website_store_bucket.id'),
        key: 'config.json',
        content_type: 'application/json',
        cache_control: 'no-store',
      });
      const redirectUri = `${url}/`;
      expect(jsonOf(file.content)).to.deep.equal({
        apiUrl: '',
        auth: { kind: 'cognito', domain, clientId, redirectUri },
      });
      expect(parseConfig(jsonOf(file.content))).to.have.property('apiUrl', '');
    });
  }

  it('sends the other security headers too, with every file', () => {
    const { security_headers_config: security } = resourceOf(
      prod,
      'aws_cloudfront_response_headers_policy',
      'website_headers',
    );
    expect(security).to.deep.include({
      content_type_options: { override: true },
      frame_options: { frame_option: 'DENY', override: true },
      referrer_policy: { referrer_policy: 'no-referrer', override: true },
      strict_transport_security: { access_control_max_age_sec: 63_072_000, include_subdomains: true, override: true },
    });
    expect(fieldOf(distributionOf(prod).default_cache_behavior, 'response_headers_policy_id')).to.equal(
      reference('aws_cloudfront_response_headers_policy.website_headers.id'),
    );
  });

  it('logs requests without addresses, queries, cookies and agents', () => {
    const { record_fields, delivery_source_name } = resourceOf(
      prod,
      'aws_cloudwatch_log_delivery',
      'website_logs_delivery',
    );
    expect(record_fields).to.include.members(['date', 'time', 'cs-uri-stem', 'sc-status', 'time-taken']);
    expect(String(record_fields)).to.not.match(/c-ip|query|cookie|agent|referer|forwarded/i);
    expect(delivery_source_name).to.equal(reference('aws_cloudwatch_log_delivery_source.website_logs_source.name'));
    expect(resourceOf(prod, 'aws_cloudwatch_log_delivery_source', 'website_logs_source')).to.include({
      region: 'us-east-1',
      log_type: 'ACCESS_LOGS',
      resource_arn: reference('aws_cloudfront_distribution.website_distribution.arn'),
    });
  });

  it('lets the delivery of its own logs alone write to their bucket', () => {
    const [, ...statements] = statementsOf(
      resourceOf(prod, 'aws_s3_bucket_policy', 'website_logs_store_policy').policy,
    );
    expect(statements.map(({ Principal, Action, Condition }) => [Principal, Action, Condition])).to.deep.equal([
      [
        { Service: 'delivery.logs.amazonaws.com' },
        ['s3:PutObject'],
        {
          StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': '111122223333' },
          ArnEquals: {
            'aws:SourceArn': 'arn:aws:logs:us-east-1:111122223333:delivery-source:goal-activity-prod-website',
          },
        },
      ],
    ]);
  });

  it('has a domain of its own if one is set, with its certificate and TLS 1.2', () => {
    const { aliases, viewer_certificate } = distributionOf(full);
    expect(aliases).to.deep.equal(['app.example.com']);
    expect(viewer_certificate).to.deep.equal({
      acm_certificate_arn: 'arn:aws:acm:us-east-1:111122223333:certificate/66666666-7777-8888-9999-000000000000',
      ssl_support_method: 'sni-only',
      minimum_protocol_version: 'TLSv1.2_2021',
    });
    for (const type of ['A', 'AAAA']) {
      const record = resourceOf(full, 'aws_route53_record', `website_record_${type.toLowerCase()}`);
      expect(record).to.include({ name: 'app.example.com', type });
      expect(fieldOf(record.alias, 'name')).to.equal(
        reference('aws_cloudfront_distribution.website_distribution.domain_name'),
      );
    }
    expect(distributionOf(prod)).to.not.have.property('aliases');
  });

  it('can be left out', () => {
    const without = synthesizeStage('prod', withProd({ website: false, signIn: undefined }));
    const types = Object.keys(without.resource).filter((type) => /cloudfront|log_delivery/.test(type));
    expect(types).to.deep.equal([]);
    expect(Object.keys(resourcesOf(without, 'aws_s3_bucket'))).to.deep.equal(['archive_store_bucket']);
    expect(Object.keys(dev.resource)).to.include('aws_cloudfront_distribution');
  });
});
