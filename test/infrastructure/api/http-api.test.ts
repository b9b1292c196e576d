import { expect } from 'chai';
import {
  dev,
  fieldOf,
  full,
  jsonOf,
  prod,
  reference,
  resourceOf,
  resourcesOf,
  synthesizeStage,
  underscored,
  withProd,
} from '../synthesized.ts';

/** The calls of docs/openapi.yaml. */
const CALLS: readonly (readonly [route: string, lambda: string])[] = [
  ['POST /api/goals', 'goals'],
  ['GET /api/goals', 'goals'],
  ['GET /api/goals/{goalId}', 'goals'],
  ['GET /api/goals/{goalId}/tasks', 'goals'],
  ['PATCH /api/goals/{goalId}/actions/{actionId}', 'goals'],
  ['POST /api/goals/{goalId}/start-activity', 'start-workflow'],
  ['GET /api/workflows', 'list-workflows'],
  ['GET /api/workflows/{executionArn}/status', 'get-status'],
  ['POST /api/workflows/{executionArn}/cancel', 'cancel-workflow'],
  ['POST /api/workflows/{executionArn}/retry', 'retry-workflow'],
  ['GET /api/workflows/{executionArn}/history', 'get-history'],
];
const API = reference('aws_apigatewayv2_api.http_api.id');

const routes = Object.values(resourcesOf(dev, 'aws_apigatewayv2_route'));
const integrations = Object.entries(resourcesOf(dev, 'aws_apigatewayv2_integration'));
const permissions = Object.values(resourcesOf(dev, 'aws_lambda_permission'));

describe('HTTP API', () => {
  it('answers the calls of the design, no more and no fewer', () => {
    expect(resourceOf(dev, 'aws_apigatewayv2_api', 'http_api')).to.include({
      name: 'goal-activity-dev',
      protocol_type: 'HTTP',
    });
    expect(routes.map((route) => route.route_key)).to.have.members(CALLS.map(([route]) => route));
  });

  for (const [call, lambda] of CALLS) {
    const integration = `http_${underscored(lambda)}_integration`;
    const made = routes.find((route) => route.route_key === call);

    it(`has ${call} answered by the live ${lambda}`, () => {
      expect(made?.target).to.equal(`integrations/\${aws_apigatewayv2_integration.${integration}.id}`);
      expect(resourceOf(dev, 'aws_apigatewayv2_integration', integration)).to.include({
        api_id: API,
        integration_type: 'AWS_PROXY',
        payload_format_version: '2.0',
        integration_uri: `\${aws_lambda_alias.${underscored(lambda)}_live.invoke_arn}`,
      });
    });

    it(`asks for a token at ${call}`, () => {
      expect(made).to.include({
        api_id: API,
        authorization_type: 'JWT',
        authorizer_id: reference('aws_apigatewayv2_authorizer.http_authorizer.id'),
      });
    });

    it(`lets the API call ${lambda} for ${call}`, () => {
      const [method, path] = call.split(' ');
      const sourceArn = `\${aws_apigatewayv2_api.http_api.execution_arn}/*/${method}${path?.replaceAll(/\{\w+\}/g, '*')}`;
      const permission = permissions.find((of) => of.source_arn === sourceArn);
      expect(permission).to.include({
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        function_name: `\${aws_lambda_function.${underscored(lambda)}_function.function_name}`,
        qualifier: `\${aws_lambda_alias.${underscored(lambda)}_live.name}`,
      });
    });
  }

  it('lets API Gateway call nothing else', () => {
    const ofApi = permissions.filter((permission) => permission.principal === 'apigateway.amazonaws.com');
    expect(ofApi).to.have.length(CALLS.length);
  });

  it('checks tokens against the issuer and audience of the stage', () => {
    const { authorizer_type, identity_sources, jwt_configuration } = resourceOf(
      prod,
      'aws_apigatewayv2_authorizer',
      'http_authorizer',
    );
    expect(authorizer_type).to.equal('JWT');
    expect(identity_sources).to.deep.equal(['$request.header.Authorization']);
    expect(jwt_configuration).to.deep.equal({ issuer: 'https://auth.example.com/', audience: ['goal-activity'] });
  });

  it('waits longer than any function behind it may take', () => {
    for (const [name, { timeout_milliseconds }] of integrations) {
      const owner = name.replace(/^http_(\w+)_integration$/, '$1_function');
      const { timeout } = resourceOf(dev, 'aws_lambda_function', owner);
      expect(Number(timeout) * 1000, owner).to.be.below(Number(timeout_milliseconds));
    }
  });

  it('is throttled as the stage says, and deployed by itself', () => {
    expect(resourceOf(prod, 'aws_apigatewayv2_stage', 'http_stage')).to.include({
      name: '$default',
      auto_deploy: true,
    });
    expect(resourceOf(prod, 'aws_apigatewayv2_stage', 'http_stage').default_route_settings).to.deep.equal({
      throttling_rate_limit: 200,
      throttling_burst_limit: 400,
      detailed_metrics_enabled: true,
    });
  });

  it('logs each request with ids and figures, and neither path nor token', () => {
    const stage = resourceOf(prod, 'aws_apigatewayv2_stage', 'http_stage');
    expect(stage.access_log_settings).to.have.property(
      'destination_arn',
      reference('aws_cloudwatch_log_group.http_logs.arn'),
    );
    const format = fieldOf(stage.access_log_settings, 'format');
    expect(jsonOf(format)).to.include({ requestId: '$context.requestId', userId: '$context.authorizer.claims.sub' });
    expect(String(format)).to.not.match(/context\.path|email|header|queryString/i);
    expect(resourceOf(prod, 'aws_cloudwatch_log_group', 'http_logs').retention_in_days).to.equal(90);
  });

  it('lets the pages of the settings call it from a browser with a token, and no others', () => {
    expect(resourceOf(prod, 'aws_apigatewayv2_api', 'http_api').cors_configuration).to.deep.equal({
      allow_origins: ['https://app.example.com'],
      allow_methods: ['GET', 'PATCH', 'POST'],
      allow_headers: ['authorization', 'content-type', 'idempotency-key', 'if-none-match'],
      expose_headers: ['etag', 'retry-after'],
      max_age: 3600,
    });
  });

  it('answers no preflights when there are no such pages', () => {
    const closed = synthesizeStage('prod', withProd({ corsOrigins: [] }));
    expect(resourceOf(closed, 'aws_apigatewayv2_api', 'http_api')).to.not.have.property('cors_configuration');
  });
});

describe('HTTP API with a domain of its own', () => {
  it('answers there with its certificate and TLS 1.2, and nowhere else', () => {
    const { domain_name, domain_name_configuration } = resourceOf(full, 'aws_apigatewayv2_domain_name', 'http_domain');
    expect(domain_name).to.equal('api.example.com');
    expect(domain_name_configuration).to.deep.equal({
      certificate_arn: 'arn:aws:acm:ap-northeast-1:111122223333:certificate/11111111-2222-3333-4444-555555555555',
      endpoint_type: 'REGIONAL',
      security_policy: 'TLS_1_2',
    });
    expect(resourceOf(full, 'aws_apigatewayv2_api', 'http_api').disable_execute_api_endpoint).to.equal(true);
    expect(resourceOf(prod, 'aws_apigatewayv2_api', 'http_api')).to.not.have.property('disable_execute_api_endpoint');
  });

  it('is mapped to the API’s stage', () => {
    expect(resourceOf(full, 'aws_apigatewayv2_api_mapping', 'http_mapping')).to.include({
      api_id: API,
      domain_name: reference('aws_apigatewayv2_domain_name.http_domain.id'),
      stage: reference('aws_apigatewayv2_stage.http_stage.id'),
    });
  });

  it('is found by its name', () => {
    const record = resourceOf(full, 'aws_route53_record', 'http_record_a');
    expect(record).to.include({ zone_id: 'Z0123456789ABC', name: 'api.example.com', type: 'A' });
    const target = 'aws_apigatewayv2_domain_name.http_domain.domain_name_configuration[0]';
    expect(record.alias).to.deep.equal({
      name: reference(`${target}.target_domain_name`),
      zone_id: reference(`${target}.hosted_zone_id`),
      evaluate_target_health: false,
    });
  });
});
