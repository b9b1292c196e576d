import { expect } from 'chai';
import { ROUTES } from '../../../modules/api/routes.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { at, bare, expectArguments, full, prod, underscored } from '../synthesized.ts';

const API = 'aws_apigatewayv2_api.http_api';
const { issuer, audience, apiRateLimit, apiBurstLimit, corsOrigins } = settings.prod;

// That the routes are there, behind tokens, is what test/local/terraform/stack-description.test.ts shows.
describe('HTTP API', () => {
  for (const { operation, method, path, lambda } of ROUTES) {
    it(`has ${method} ${path} answered by the live ${lambda}, which lets this route call it, before it gives up waiting`, () => {
      const owner = underscored(lambda);
      const integration = `aws_apigatewayv2_integration.http_${owner}_integration`;
      expectArguments(prod, {
        [integration]: { integration_uri: `\${aws_lambda_alias.${owner}_live.invoke_arn}` },
        [`aws_lambda_permission.http_${underscored(operation)}_permission`]: {
          action: 'lambda:InvokeFunction',
          principal: 'apigateway.amazonaws.com',
          function_name: `\${aws_lambda_function.${owner}_function.function_name}`,
          qualifier: `\${aws_lambda_alias.${owner}_live.name}`,
          source_arn: `\${${API}.execution_arn}/*/${method}${path.replaceAll(/\{\w+\}/g, '*')}`,
        },
      });
      expect(FUNCTIONS[lambda].timeoutSeconds * 1000).to.be.below(Number(at(prod, integration).timeout_milliseconds));
    });
  }

  it('takes tokens, as many requests, and pages of other origins as the stage says', () => {
    expect(at(prod, 'aws_apigatewayv2_authorizer.http_authorizer').jwt_configuration).to.deep.equal({
      issuer,
      audience,
    });
    // No more, above all no detailed metrics, of each route: nothing reads them, and each is billed.
    expect(at(prod, 'aws_apigatewayv2_stage.http_stage').default_route_settings).to.deep.equal({
      throttling_rate_limit: apiRateLimit,
      throttling_burst_limit: apiBurstLimit,
    });
    expect(at(prod, API).cors_configuration).to.deep.include({
      allow_origins: corsOrigins,
      allow_methods: ['DELETE', 'GET', 'PATCH', 'POST'],
      allow_headers: ['authorization', 'content-type', 'idempotency-key', 'if-none-match'],
      expose_headers: ['date', 'etag', 'retry-after'],
    });
    expect(at(bare, API)).to.not.have.property('cors_configuration');
  });

  it('logs each request without path, e-mail address, headers and query', () => {
    const { format } = Object(at(prod, 'aws_apigatewayv2_stage.http_stage').access_log_settings);
    expect(JSON.parse(format)).to.include({ requestId: '$context.requestId' });
    expect(format).to.not.match(/context\.path|email|header|queryString/i);
  });

  it('counts the requests that it refused itself, by what each line of its log says, for the alarm on them', () => {
    const { log_group_name, pattern, metric_transformation } = at(
      prod,
      'aws_cloudwatch_log_metric_filter.monitoring_throttled_requests',
    );
    expect(log_group_name).to.equal('${aws_cloudwatch_log_group.http_logs.name}');
    const { format } = Object(at(prod, 'aws_apigatewayv2_stage.http_stage').access_log_settings);
    const read = [...String(pattern).matchAll(/\$\.(\w+)/g)].map(([, field = '']) => JSON.parse(format)[field]);
    expect(read).to.deep.equal(['$context.status', '$context.integrationLatency']);
    const { namespace, name } = Object(metric_transformation);
    const alarm = at(prod, 'aws_cloudwatch_metric_alarm.monitoring_alarms_api_throttles');
    expect(alarm).to.have.nested.property('metric_query[0].metric.namespace', namespace);
    expect(alarm).to.have.nested.property('metric_query[0].metric.metric_name', name);
  });

  it('answers at a domain of its own where there is one, and nowhere else', () => {
    const target = '${aws_apigatewayv2_domain_name.http_domain.domain_name_configuration[0].';
    expect(full.output.apiUrl).to.deep.equal({ value: 'https://api.example.com' });
    expectArguments(full, {
      [API]: { disable_execute_api_endpoint: true },
      'aws_route53_record.http_record_a': {
        name: 'api.example.com',
        alias: {
          name: `${target}target_domain_name}`,
          zone_id: `${target}hosted_zone_id}`,
          evaluate_target_health: false,
        },
      },
    });
    expect(prod.output.apiUrl).to.deep.equal({ value: `\${${API}.api_endpoint}` });
    expect(at(prod, API)).to.not.have.property('disable_execute_api_endpoint');
  });
});
