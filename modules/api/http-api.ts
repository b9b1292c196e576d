import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api/index.js';
import { Apigatewayv2ApiMapping } from '@cdktf/provider-aws/lib/apigatewayv2-api-mapping/index.js';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer/index.js';
import { Apigatewayv2DomainName } from '@cdktf/provider-aws/lib/apigatewayv2-domain-name/index.js';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration/index.js';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route/index.js';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage/index.js';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { StageSettings } from '../settings-schema.ts';
import type { LambdaName } from '../workflow/function-table.ts';
import type { Lambdas } from '../workflow/published-function.ts';
import { aliasRecord } from './domain.ts';
import { ROUTES } from './routes.ts';

/** Which tokens the API takes. */
export interface Tokens {
  /** `iss` of the tokens. */
  readonly issuer: string;
  /** Accepted `aud` of the tokens, or `client_id` of those that have no `aud`. */
  readonly audience: readonly string[];
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

/** The HTTP API with its address, limits and logs; `addRoutes` gives it something to answer. */
export class HttpApi extends Construct {
  readonly api: Apigatewayv2Api;
  /** Name of the host that answers. */
  readonly host: string;
  /** Address of the API, without a slash at the end. */
  readonly url: string;
  /** Name of the log group with a line for each request. */
  readonly accessLogs: string;

  constructor(scope: Construct, id: string, { prefix, settings, emulator }: StageConfig) {
    super(scope, id);
    const { domain, corsOrigins } = settings;
    // Tokens are sent in a header, and no cookie ever is: so no credentials. A browser asks again once an hour.
    const corsConfiguration = {
      allowOrigins: corsOrigins,
      allowMethods: [...new Set(ROUTES.map(({ method }) => method))].sort(),
      allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-none-match'],
      exposeHeaders: ['date', 'etag', 'retry-after'],
      maxAge: 60 * 60,
    };
    this.api = new Apigatewayv2Api(this, 'api', {
      name: prefix,
      protocolType: 'HTTP',
      ...(domain === undefined ? {} : { disableExecuteApiEndpoint: true }),
      ...(corsOrigins.length === 0 ? {} : { corsConfiguration }),
    });
    this.host = domain?.domainName ?? `${this.api.id}.execute-api.${settings.region}.amazonaws.com`;
    // The address that an emulator gives an API is a name below its own, which few machines resolve.
    const own =
      emulator === undefined ? this.api.apiEndpoint : `${emulator.endpoint}/_aws/execute-api/${this.api.id}/$default`;
    this.url = domain === undefined ? own : `https://${domain.domainName}`;
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/vendedlogs/http-api/${prefix}`,
      retentionInDays: settings.logRetentionDays,
    });
    this.accessLogs = logs.name;
    const stage = this.stage(settings, logs);
    if (domain !== undefined) this.name(domain, stage);
  }

  /**
   * Adds every route, behind the JWT authorizer and answered by the alias `live` of its function. Apart from the
   * constructor, since a user pool may have to know the page, and the page the API, before there is a token to check.
   */
  addRoutes(lambdas: Lambdas, { issuer, audience }: Tokens): void {
    const authorizer = new Apigatewayv2Authorizer(this, 'authorizer', {
      apiId: this.api.id,
      name: 'jwt',
      authorizerType: 'JWT',
      identitySources: ['$request.header.Authorization'],
      jwtConfiguration: { issuer, audience: [...audience] },
    });
    const integrations: Partial<Record<LambdaName, Apigatewayv2Integration>> = {};
    for (const { operation, method, path, lambda } of ROUTES) {
      const { live, function: called } = lambdas[lambda];
      integrations[lambda] ??= new Apigatewayv2Integration(this, `${lambda}-integration`, {
        apiId: this.api.id,
        integrationType: 'AWS_PROXY',
        integrationUri: live.invokeArn,
        payloadFormatVersion: '2.0',
        // The most that an HTTP API waits; each function ends before it.
        timeoutMilliseconds: 30_000,
      });
      new Apigatewayv2Route(this, `${operation}-route`, {
        apiId: this.api.id,
        routeKey: `${method} ${path}`,
        target: `integrations/${integrations[lambda].id}`,
        authorizationType: 'JWT',
        authorizerId: authorizer.id,
      });
      // API Gateway may call it for this route; the wildcards are the stage and the value of each path parameter.
      new LambdaPermission(this, `${operation}-permission`, {
        statementId: operation,
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        functionName: called.functionName,
        qualifier: live.name,
        sourceArn: `${this.api.executionArn}/*/${method}${path.replaceAll(/\{\w+\}/g, '*')}`,
      });
    }
  }

  private stage(settings: StageSettings, logs: CloudwatchLogGroup): Apigatewayv2Stage {
    return new Apigatewayv2Stage(this, 'stage', {
      apiId: this.api.id,
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: settings.apiRateLimit,
        throttlingBurstLimit: settings.apiBurstLimit,
      },
      accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify(ACCESS_LOG) },
    });
  }

  private name(domain: NonNullable<StageSettings['domain']>, stage: Apigatewayv2Stage): void {
    const named = new Apigatewayv2DomainName(this, 'domain', {
      domainName: domain.domainName,
      domainNameConfiguration: {
        certificateArn: domain.certificateArn,
        endpointType: 'REGIONAL',
        securityPolicy: 'TLS_1_2',
      },
    });
    new Apigatewayv2ApiMapping(this, 'mapping', { apiId: this.api.id, domainName: named.id, stage: stage.id });
    const { targetDomainName, hostedZoneId } = named.domainNameConfiguration;
    // An HTTP API is reached by IPv4 alone, unless asked otherwise.
    aliasRecord(this, domain, { name: targetDomainName, zoneId: hostedZoneId }, ['A']);
  }
}
