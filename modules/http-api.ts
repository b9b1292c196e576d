import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api/index.js';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer/index.js';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration/index.js';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route/index.js';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage/index.js';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Construct } from 'constructs';
import type { PublishedFunction } from './functions.ts';
import { type HttpLambdaName, ROUTES, type Route } from './routes.ts';

/** What the API is made of. */
export interface HttpApiProps {
  /** Name of the API. */
  readonly name: string;
  /** The function behind each Lambda name of the routes. */
  readonly functions: Readonly<Record<HttpLambdaName, PublishedFunction>>;
  /** `iss` of the tokens. */
  readonly issuer: string;
  /** Accepted `aud` of the tokens. */
  readonly audience: readonly string[];
  /** Requests a second, over all callers. */
  readonly rateLimit: number;
  /** Requests at once, over all callers. */
  readonly burstLimit: number;
  /** Days that access logs are kept. */
  readonly logRetentionDays: number;
}

/** One line a request. Ids and figures only: no path, since a query may hold what a person typed. */
const ACCESS_LOG = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  userId: '$context.authorizer.claims.sub',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.message',
};

/** The HTTP API: every route behind the JWT authorizer, answered by the alias `live` of a function. */
export class HttpApi extends Construct {
  readonly api: Apigatewayv2Api;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.api = new Apigatewayv2Api(this, 'api', { name: props.name, protocolType: 'HTTP' });
    const authorizer = new Apigatewayv2Authorizer(this, 'authorizer', {
      apiId: this.api.id,
      name: 'jwt',
      authorizerType: 'JWT',
      identitySources: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: props.issuer, audience: [...props.audience] },
    });
    const integrations = new Map<HttpLambdaName, Apigatewayv2Integration>();
    for (const route of ROUTES) {
      const called = props.functions[route.lambda];
      const integration = integrations.get(route.lambda) ?? this.integrate(route.lambda, called);
      integrations.set(route.lambda, integration);
      new Apigatewayv2Route(this, `${route.operation}-route`, {
        apiId: this.api.id,
        routeKey: `${route.method} ${route.path}`,
        target: `integrations/${integration.id}`,
        authorizationType: 'JWT',
        authorizerId: authorizer.id,
      });
      this.permit(route, called);
    }
    this.stage(props);
  }

  private integrate(lambda: string, called: PublishedFunction): Apigatewayv2Integration {
    return new Apigatewayv2Integration(this, `${lambda}-integration`, {
      apiId: this.api.id,
      integrationType: 'AWS_PROXY',
      integrationUri: called.live.invokeArn,
      payloadFormatVersion: '2.0',
      // The most that an HTTP API waits; each function ends before it.
      timeoutMilliseconds: 30_000,
    });
  }

  /** API Gateway may call the function for this route; the wildcards are the stage and the value of each path parameter. */
  private permit({ operation, method, path }: Route, called: PublishedFunction): void {
    new LambdaPermission(this, `${operation}-permission`, {
      statementId: operation,
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      functionName: called.function.functionName,
      qualifier: called.live.name,
      sourceArn: `${this.api.executionArn}/*/${method}${path.replaceAll(/\{\w+\}/g, '*')}`,
    });
  }

  private stage(props: HttpApiProps): void {
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/vendedlogs/http-api/${props.name}`,
      retentionInDays: props.logRetentionDays,
    });
    new Apigatewayv2Stage(this, 'stage', {
      apiId: this.api.id,
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: props.rateLimit,
        throttlingBurstLimit: props.burstLimit,
        detailedMetricsEnabled: true,
      },
      accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify(ACCESS_LOG) },
    });
  }
}
