import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { parseConfig } from '../../../web/src/config.ts';
import { at, bare, expectArguments, full, prod, resourcesOf, sentencesOf } from '../synthesized.ts';

const DISTRIBUTION = 'aws_cloudfront_distribution.website_distribution';
const HEADERS = 'aws_cloudfront_response_headers_policy.website_headers';
const COGNITO = 'goal-activity-prod-111122223333.auth.ap-northeast-1.amazoncognito.com';
const distribution: Readonly<Record<string, unknown>> = at(prod, DISTRIBUTION);
const {
  default_cache_behavior: ofPage,
  ordered_cache_behavior: others,
  origin,
}: Record<string, unknown> = distribution;

/** Scripts, styles and images of its own files alone, calls of its API and of where people sign in, in no frame. */
const securityPolicy = (signInHost: string) =>
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; " +
  `connect-src 'self' https://${signInHost}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; ` +
  'upgrade-insecure-requests';

/** Who may use a bucket, besides everyone's duty to come over TLS. */
const usersOf = (bucket: string) => sentencesOf(at(prod, `aws_s3_bucket_policy.${bucket}_policy`)).slice(1);

describe('website', () => {
  it('reads its files from the private bucket, as this distribution alone may', () => {
    expect(origin).to.deep.include({
      origin_id: 'page',
      domain_name: '${aws_s3_bucket.website_store_bucket.bucket_regional_domain_name}',
      origin_access_control_id: '${aws_cloudfront_origin_access_control.website_access.id}',
    });
    expectArguments(prod, {
      'aws_cloudfront_origin_access_control.website_access': {
        origin_access_control_origin_type: 's3',
        signing_behavior: 'always',
        signing_protocol: 'sigv4',
      },
    });
    expect(usersOf('website_store')).to.deep.equal([
      `s3: GetObject by cloudfront.amazonaws.com -> \${aws_s3_bucket.website_store_bucket.arn}/* if StringEquals AWS:SourceArn \${${DISTRIBUTION}.arn}`,
    ]);
  });

  it('has the API under its own origin, uncached and with the token, so that browsers send no preflights', () => {
    expect(others).to.have.length(1);
    expect(Object(others)[0]).to.include({
      path_pattern: '/api/*',
      target_origin_id: 'api',
      // CachingDisabled and AllViewerExceptHostHeader, of the CloudFront guide.
      cache_policy_id: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      origin_request_policy_id: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    });
    expect(origin).to.deep.include({
      origin_id: 'api',
      domain_name: '${aws_apigatewayv2_api.http_api.id}.execute-api.ap-northeast-1.amazonaws.com',
      custom_origin_config: {
        http_port: 80,
        https_port: 443,
        origin_protocol_policy: 'https-only',
        origin_ssl_protocols: ['TLSv1.2'],
      },
    });
  });

  it('answers its routes with index.html, and files with themselves', () => {
    const { code } = at(prod, 'aws_cloudfront_function.website_routing');
    const answerTo = (path: string) => runInNewContext(`${code}; handler({ request: { uri: path } }).uri`, { path });
    for (const route of ['/', '/goals/0b6f8f5e', '/workflows/arn%3Aaws%3Astates'])
      expect(answerTo(route)).to.equal('/index.html');
    for (const file of ['/index.html', '/assets/index-B2a4.js', '/favicon.svg']) expect(answerTo(file)).to.equal(file);
  });

  it('leaves the API’s own errors as they are', () => {
    expect(distribution).to.not.have.property('custom_error_response');
    expect(ofPage).to.deep.include({
      function_association: [
        { event_type: 'viewer-request', function_arn: '${aws_cloudfront_function.website_routing.arn}' },
      ],
    });
    expect(Object(others)[0]).to.not.have.property('function_association');
  });

  it('sends security headers with every file', () => {
    expect(at(prod, HEADERS).security_headers_config).to.deep.include({
      content_type_options: { override: true },
      frame_options: { frame_option: 'DENY', override: true },
      referrer_policy: { referrer_policy: 'no-referrer', override: true },
      strict_transport_security: { access_control_max_age_sec: 63_072_000, include_subdomains: true, override: true },
    });
    expect(ofPage).to.include({
      response_headers_policy_id: `\${${HEADERS}.id}`,
    });
  });

  const byPool = { domain: COGNITO, clientId: '${aws_cognito_user_pool_client.users_client.id}' };
  for (const [name, stage, url, signIn] of [
    [
      'an issuer of its own',
      prod,
      `https://\${${DISTRIBUTION}.domain_name}`,
      { domain: 'auth.example.com', clientId: 'goal-activity-page' },
    ],
    ['a user pool and a domain', full, 'https://app.example.com', byPool],
  ] as const) {
    it(`is told where it is and how people sign in, with ${name}, in a file that nothing caches, and loads and calls nothing else`, () => {
      const { content, ...file } = at(stage, 'aws_s3_object.website_config');
      expect(file).to.include({
        bucket: '${aws_s3_bucket.website_store_bucket.id}',
        key: 'config.json',
        content_type: 'application/json',
        cache_control: 'no-store',
      });
      const config: unknown = JSON.parse(String(content));
      expect(config).to.deep.equal({ apiUrl: '', auth: { kind: 'cognito', ...signIn, redirectUri: `${url}/` } });
      expect(parseConfig(config)).to.have.property('apiUrl', '');
      const { security_headers_config: headers } = at(stage, HEADERS);
      expect(headers).to.have.nested.property(
        'content_security_policy.content_security_policy',
        securityPolicy(signIn.domain),
      );
    });
  }

  it('logs requests without addresses, queries, cookies and agents, to a bucket that their delivery alone may write to', () => {
    const { record_fields } = at(prod, 'aws_cloudwatch_log_delivery.website_logs_delivery');
    expect(record_fields).to.include.members(['date', 'time', 'cs-uri-stem', 'sc-status', 'time-taken']);
    expect(String(record_fields)).to.not.match(/c-ip|query|cookie|agent|referer|forwarded/i);
    const source = 'aws_cloudwatch_log_delivery_source.website_logs_source';
    expectArguments(prod, {
      'aws_cloudwatch_log_delivery.website_logs_delivery': { delivery_source_name: `\${${source}.name}` },
      [source]: { region: 'us-east-1', log_type: 'ACCESS_LOGS', resource_arn: `\${${DISTRIBUTION}.arn}` },
    });
    const bucket = '${aws_s3_bucket.website_logs_store_bucket.arn}';
    expect(usersOf('website_logs_store')).to.deep.equal([
      [
        `s3: PutObject by delivery.logs.amazonaws.com -> ${bucket}/AWSLogs/111122223333/CloudFront/*`,
        'StringEquals s3:x-amz-acl bucket-owner-full-control',
        'StringEquals aws:SourceAccount 111122223333',
        'ArnEquals aws:SourceArn arn:aws:logs:us-east-1:111122223333:delivery-source:goal-activity-prod-website',
      ].join(' if '),
    ]);
  });

  it('has a domain of its own if one is set, with its certificate and TLS 1.2', () => {
    const record = (type: string) => ({
      name: 'app.example.com',
      type,
      alias: {
        name: `\${${DISTRIBUTION}.domain_name}`,
        zone_id: `\${${DISTRIBUTION}.hosted_zone_id}`,
        evaluate_target_health: false,
      },
    });
    expectArguments(full, {
      [DISTRIBUTION]: {
        aliases: ['app.example.com'],
        viewer_certificate: {
          acm_certificate_arn: 'arn:aws:acm:us-east-1:111122223333:certificate/66666666-7777-8888-9999-000000000000',
          ssl_support_method: 'sni-only',
          minimum_protocol_version: 'TLSv1.2_2021',
        },
      },
      'aws_route53_record.website_record_a': record('A'),
      'aws_route53_record.website_record_aaaa': record('AAAA'),
    });
    expect(distribution).to.not.have.property('aliases');
  });

  it('can be left out', () => {
    expect(Object.keys(bare.resource).filter((type) => /cloudfront|log_delivery/.test(type))).to.deep.equal([]);
    expect(Object.keys(resourcesOf(bare, 'aws_s3_bucket'))).to.deep.equal(['archive_store_bucket']);
  });
});
