import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type {
  APIGatewayEventRequestContextJWTAuthorizer,
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
} from 'aws-lambda';
import type { Claims } from './authorizer.ts';
import type { MatchedRoute, RequestPath } from './routes.ts';

/** A payload-format-2.0 event; `requestContext.authorizer` is there on routes that the JWT authorizer guards. */
export type GatewayEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & { authorizer?: APIGatewayEventRequestContextJWTAuthorizer }
>;

/** A request to a route. */
export interface ReceivedRequest extends MatchedRoute {
  readonly request: IncomingMessage;
  readonly path: RequestPath;
  /** Without the question mark, as it was sent. */
  readonly rawQueryString: string;
  readonly claims: Claims | undefined;
  readonly requestId: string;
  readonly receivedAt: Date;
}

/** The API that the event says it comes from. */
export interface ApiIdentity {
  readonly accountId: string;
  readonly apiId: string;
}

/**
 * The event that API Gateway gives a Lambda function: payload format 2.0, down to what the documentation leaves open
 * and live captures show (github.com/hotsock/voker, vokerhttp/testdata): a repeated header is joined with a comma alone,
 * query parameters that repeat as well, and absent parts are absent, not null.
 */
export function buildEvent(received: ReceivedRequest, body: Buffer, api: ApiIdentity): GatewayEvent {
  const { request, route, path, rawQueryString, pathParameters, claims, requestId, receivedAt } = received;
  const sourceIp = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const headers: Readonly<Record<string, string>> = readHeaders(request, sourceIp, body.length);
  const query = new URLSearchParams(rawQueryString);
  const parameters = [...query.keys()].map((name) => [name, query.getAll(name).join()]);
  const isBase64Encoded = body.length > 0 && !isText(headers['content-type']);
  const domainName = (headers.host ?? '').replace(/:\d+$/, '');
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path.path,
    rawQueryString,
    headers,
    ...(query.size > 0 ? { queryStringParameters: Object.fromEntries(parameters) } : {}),
    requestContext: {
      ...api,
      ...(claims === undefined ? {} : { authorizer: { jwt: { claims: claimStrings(claims), scopes: null } } }),
      domainName,
      domainPrefix: domainName.split('.', 1)[0] ?? '',
      http: {
        method: request.method ?? '',
        path: path.path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: route.routeKey,
      stage: '$default',
      time: formatTime(receivedAt),
      timeEpoch: receivedAt.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    ...(body.length > 0 ? { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded,
  };
}

/** A request id of the form that HTTP APIs have: 15 characters and an equals sign. */
export const newRequestId = (): string => randomBytes(11).toString('base64');

function readHeaders({ headersDistinct, socket }: IncomingMessage, sourceIp: string, length: number) {
  const entries = Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join()] as const);
  const received: Readonly<Record<string, string>> = Object.fromEntries(entries);
  return {
    ...received,
    'content-length': String(length),
    'x-forwarded-for': [received['x-forwarded-for'], sourceIp].filter(Boolean).join(', '),
    'x-forwarded-port': String(socket.localPort),
    'x-forwarded-proto': 'http',
  };
}

/**
 * HTTP APIs give a body as text for these media types alone; any other, a missing one and the
 * `application/x-www-form-urlencoded` of `curl -d` too, is Base64 (measured on AWS: github.com/ministackorg/ministack/pull/766).
 */
function isText(contentType: string | undefined): boolean {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^(text\/.+|application\/(json|xml|javascript))$/.test(mediaType);
}

/** Claims become strings: numbers and booleans as written, lists as `[a b]`, objects as JSON; null is left out. */
function claimStrings(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      if (Array.isArray(value)) return [[name, `[${value.map(String).join(' ')}]`]];
      return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]];
    }),
  );
}

/** The common log format, in UTC: `12/Mar/2020:19:03:58 +0000`. */
function formatTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
