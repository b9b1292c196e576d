import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { parseConfig } from '../../../web/src/config.ts';
import { at, expectArguments, full, prod, sentencesOf, statementsOf } from '../synthesized.ts';

const DISTRIBUTION = 'aws_cloudfront_distribution.website_distribution';
const HEADERS = 'aws_cloudfront_response_headers_policy.website_headers';
const distribution: Readonly<Record<string, unknown>> = at(prod, DISTRIBUTION);
const { default_cache_behavior: ofPage, ordered_cache_behavior: others } = distribution;
const [ofApi] = Object.values(Object(others));

/** Who may use a bucket, besides everyone's duty to come over TLS. */
const usersOf = (bucket: string) => sentencesOf(at(prod, `aws_s3_bucket_policy.${bucket}_policy`)).slice(1);

describe('website', () => {
  it('reads its files from the private bucket, as this distribution alone may', () => {
    expect(distribution.origin).to.deep.include({
      origin_id: 'page',
      domain_name: '${aws_s3_bucket.website_store_bucket.bucket_regional_domain_name}',
      origin_access_control_id: '${aws_cloudfront_origin_access_control.website_access.id}',
    });
    expect(usersOf('website_store')).to.deep.equal([
      `s3: GetObject by cloudfront.amazonaws.com -> \${aws_s3_bucket.website_store_bucket.arn}/* if StringEquals AWS:SourceArn \${${DISTRIBUTION}.arn}`,
    ]);
    // CloudFront cannot be granted the key that other buckets are encrypted with.
    expectArguments(prod, {
      'aws_s3_bucket_server_side_encryption_configuration.website_store_encryption': {
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
      },
    });
  });

  it('gets a function of another name before the one in use goes, which CloudFront would refuse to delete', () => {
    expect(at(prod, 'aws_cloudfront_function.website_routing').lifecycle).to.include({ create_before_destroy: true });
  });

  it('has the API under its own origin, with the token and its own errors, and keeps none of its answers', () => {
    expect(ofApi).to.include({
      path_pattern: '/api/*',
      target_origin_id: 'api',
      // CachingDisabled and AllViewerExceptHostHeader, of the CloudFront guide.
      cache_policy_id: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      origin_request_policy_id: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    });
    expect(ofApi).to.not.have.property('function_association');
    expect(distribution).to.not.have.property('custom_error_response');
  });

  it('answers its routes with index.html, and files with themselves', () => {
    const { code } = at(prod, 'aws_cloudfront_function.website_routing');
    const answerTo = (path: string) => runInNewContext(`${code}; handler({ request: { uri: path } }).uri`, { path });
    for (const route of ['/', '/goals/0b6f8f5e', '/workflows/arn%3Aaws%3Astates'])
      expect(answerTo(route)).to.equal('/index.html');
    for (const file of ['/index.html', '/assets/index-B2a4.js', '/favicon.svg']) expect(answerTo(file)).to.equal(file);
    const routing = { event_type: 'viewer-request', function_arn: '${aws_cloudfront_function.website_routing.arn}' };
    expect(ofPage).to.deep.include({ function_association: [routing] });
  });

  const ofPool = {
    domain: 'goal-activity-prod-ap-northeast-1-111122223333.auth.ap-northeast-1.amazoncognito.com',
    clientId: '${aws_cognito_user_pool_client.users_client.id}',
  };
  const ofIssuer = { domain: 'auth.example.com', clientId: 'goal-activity-page' };
  for (const [name, stage, url, signIn] of [
    ['an issuer of its own', prod, `https://\${${DISTRIBUTION}.domain_name}`, ofIssuer],
    ['a user pool and a domain', full, 'https://app.example.com', ofPool],
  ] as const) {
    it(`is told where it is and how people sign in, with ${name}, in a file that nothing caches, and calls nothing else`, () => {
      const { content, ...file } = at(stage, 'aws_s3_object.website_config');
      expect(file).to.include({ key: 'config.json', content_type: 'application/json', cache_control: 'no-store' });
      const config: unknown = JSON.parse(String(content));
      expect(config).to.deep.equal({ apiUrl: '', auth: { kind: 'cognito', ...signIn, redirectUri: `${url}/` } });
      expect(parseConfig(config)).to.have.property('apiUrl', '');
      expect(stage.output.websiteUrl).to.deep.equal({ value: url });
      expect(at(stage, DISTRIBUTION).default_cache_behavior).to.include({
        response_headers_policy_id: `\${${HEADERS}.id}`,
      });
      expect(at(stage, HEADERS).security_headers_config)
        .to.have.nested.property('content_security_policy.content_security_policy')
        .that.includes("script-src 'self';")
        .and.includes(`connect-src 'self' https://${signIn.domain};`)
        .and.includes("frame-ancestors 'none';");
    });
  }

  it('logs requests without addresses, queries, cookies and agents, to a bucket that their delivery alone may write to', () => {
    const { record_fields } = at(prod, 'aws_cloudwatch_log_delivery.website_logs_delivery');
    expect(String(record_fields)).to.not.match(/c-ip|query|cookie|agent|referer|forwarded/i);
    const bucket = '${aws_s3_bucket.website_logs_store_bucket.arn}';
    const [, { Sid } = { Sid: '' }] = statementsOf(at(prod, 'aws_s3_bucket_policy.website_logs_store_policy'));
    // As AWS names the statement that it would add itself.
    expect(Sid).to.equal('AWSLogDeliveryWrite1');
    expect(usersOf('website_logs_store')).to.deep.equal([
      [
        `s3: PutObject by delivery.logs.amazonaws.com -> ${bucket}/AWSLogs/111122223333/CloudFront/*`,
        'StringEquals s3:x-amz-acl bucket-owner-full-control',
        'StringEquals aws:SourceAccount 111122223333',
        'ArnLike aws:SourceArn arn:aws:logs:us-east-1:111122223333:delivery-source:goal-activity-prod-ap-northeast-1-website',
      ].join(' if '),
    ]);
  });

  it('comes over TLS 1.2 alone, like the API, and lets no page frame it, guess its types or learn where people come from', () => {
    expect(at(full, HEADERS).security_headers_config).to.deep.include({
      content_type_options: { override: true },
      frame_options: { frame_option: 'DENY', override: true },
      referrer_policy: { referrer_policy: 'no-referrer', override: true },
      strict_transport_security: { access_control_max_age_sec: 63_072_000, include_subdomains: true, override: true },
    });
    const ofApiDomain = at(full, 'aws_apigatewayv2_domain_name.http_domain').domain_name_configuration;
    expect(at(full, DISTRIBUTION).viewer_certificate).to.include({ minimum_protocol_version: 'TLSv1.2_2021' });
    expect(ofApiDomain).to.include({ security_policy: 'TLS_1_2' });
  });

  it('has a domain of its own if one is set', () => {
    const target = { name: `\${${DISTRIBUTION}.domain_name}`, zone_id: `\${${DISTRIBUTION}.hosted_zone_id}` };
    const record = { name: 'app.example.com', alias: { ...target, evaluate_target_health: false } };
    expectArguments(full, {
      [DISTRIBUTION]: { aliases: ['app.example.com'] },
      'aws_route53_record.website_record_a': { ...record, type: 'A' },
      'aws_route53_record.website_record_aaaa': { ...record, type: 'AAAA' },
    });
    expect(distribution).to.not.have.property('aliases');
  });
});
