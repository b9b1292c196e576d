import { expect } from 'chai';
import { ROUTES } from '../../../modules/api/routes.ts';
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { at, bare, dev, expectArguments, full, prod, resourcesOf, underscored } from '../synthesized.ts';

const API = '${aws_apigatewayv2_api.http_api.id}';

describe('HTTP API', () => {
  it('answers the calls of its routes, which are those of docs/openapi.yaml, no more and no fewer', () => {
    expect(at(dev, 'aws_apigatewayv2_api.http_api')).to.include({ name: 'goal-activity-dev', protocol_type: 'HTTP' });
    const keys = Object.values(resourcesOf(dev, 'aws_apigatewayv2_route')).map(({ route_key }) => route_key);
    expect(keys).to.have.members(ROUTES.map(({ method, path }) => `${method} ${path}`));
    const permissions = Object.keys(resourcesOf(dev, 'aws_lambda_permission'));
    expect(permissions.filter((name) => name.startsWith('http_'))).to.have.length(ROUTES.length);
  });

  for (const { operation, method, path, lambda } of ROUTES) {
    it(`has ${method} ${path} answered by the live ${lambda}, which lets this route alone call it, for a token`, () => {
      const owner = underscored(lambda);
      const integration = `aws_apigatewayv2_integration.http_${owner}_integration`;
      expectArguments(dev, {
        [`aws_apigatewayv2_route.http_${underscored(operation)}_route`]: {
          route_key: `${method} ${path}`,
          target: `integrations/\${${integration}.id}`,
          authorizer_id: '${aws_apigatewayv2_authorizer.http_authorizer.id}',
        },
        [integration]: {
          integration_type: 'AWS_PROXY',
          payload_format_version: '2.0',
          integration_uri: `\${aws_lambda_alias.${owner}_live.invoke_arn}`,
        },
        [`aws_lambda_permission.http_${underscored(operation)}_permission`]: {
          action: 'lambda:InvokeFunction',
          principal: 'apigateway.amazonaws.com',
          function_name: `\${aws_lambda_function.${owner}_function.function_name}`,
          qualifier: `\${aws_lambda_alias.${owner}_live.name}`,
          source_arn: `\${aws_apigatewayv2_api.http_api.execution_arn}/*/${method}${path.replaceAll(/\{\w+\}/g, '*')}`,
        },
      });
      // It waits longer than the function may take.
      expect(FUNCTIONS[lambda].timeoutSeconds * 1000).to.be.below(Number(at(dev, integration).timeout_milliseconds));
    });
  }

  it('checks tokens against the issuer and audience of the stage, and is throttled as the stage says', () => {
    expectArguments(prod, {
      'aws_apigatewayv2_authorizer.http_authorizer': {
        authorizer_type: 'JWT',
        identity_sources: ['$request.header.Authorization'],
        jwt_configuration: { issuer: 'https://auth.example.com/', audience: ['goal-activity'] },
      },
      'aws_apigatewayv2_stage.http_stage': {
        name: '$default',
        auto_deploy: true,
        default_route_settings: {
          throttling_rate_limit: 200,
          throttling_burst_limit: 400,
          detailed_metrics_enabled: true,
        },
      },
    });
  });

  it('logs each request with ids and figures, and neither path nor token', () => {
    const { format } = Object(at(prod, 'aws_apigatewayv2_stage.http_stage').access_log_settings);
    expect(JSON.parse(format)).to.include({
      requestId: '$context.requestId',
      userId: '$context.authorizer.claims.sub',
    });
    expect(format).to.not.match(/context\.path|email|header|queryString/i);
  });

  it('lets the pages of the settings call it from a browser with a token, and answers no others', () => {
    expect(at(bare, 'aws_apigatewayv2_api.http_api')).to.not.have.property('cors_configuration');
    expect(at(prod, 'aws_apigatewayv2_api.http_api').cors_configuration).to.deep.equal({
      allow_origins: ['https://app.example.com'],
      allow_methods: ['GET', 'PATCH', 'POST'],
      allow_headers: ['authorization', 'content-type', 'idempotency-key', 'if-none-match'],
      expose_headers: ['etag', 'retry-after'],
      max_age: 3600,
    });
  });

  it('answers at a domain of its own, with its certificate and TLS 1.2, and nowhere else', () => {
    const domain = 'aws_apigatewayv2_domain_name.http_domain';
    expectArguments(full, {
      [domain]: {
        domain_name: 'api.example.com',
        domain_name_configuration: {
          certificate_arn: 'arn:aws:acm:ap-northeast-1:111122223333:certificate/11111111-2222-3333-4444-555555555555',
          endpoint_type: 'REGIONAL',
          security_policy: 'TLS_1_2',
        },
      },
      'aws_apigatewayv2_api.http_api': { disable_execute_api_endpoint: true },
      'aws_apigatewayv2_api_mapping.http_mapping': {
        api_id: API,
        domain_name: `\${${domain}.id}`,
        stage: '${aws_apigatewayv2_stage.http_stage.id}',
      },
      'aws_route53_record.http_record_a': {
        zone_id: 'Z0123456789ABC',
        name: 'api.example.com',
        type: 'A',
        alias: {
          name: `\${${domain}.domain_name_configuration[0].target_domain_name}`,
          zone_id: `\${${domain}.domain_name_configuration[0].hosted_zone_id}`,
          evaluate_target_health: false,
        },
      },
    });
    expect(at(prod, 'aws_apigatewayv2_api.http_api')).to.not.have.property('disable_execute_api_endpoint');
  });
});
