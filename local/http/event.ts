import { randomBytes } from 'node:crypto';
import type {
  APIGatewayEventRequestContextJWTAuthorizer,
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
} from 'aws-lambda';
import { CONNECTION_HEADERS } from './answer.ts';
import type { Claims } from './authorizer.ts';
import type { MatchedRoute, RequestPath } from './routes.ts';

/** A payload-format-2.0 event; `requestContext.authorizer` is there on routes that the JWT authorizer guards. */
export type GatewayEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & { authorizer?: APIGatewayEventRequestContextJWTAuthorizer }
>;

/** What of an HTTP request goes into the event. */
export interface ReceivedRequest {
  method: string;
  path: RequestPath;
  /** Without the question mark, as it was sent. */
  rawQueryString: string;
  /** Names and values in turn, as `IncomingMessage.rawHeaders` has them. */
  rawHeaders: readonly string[];
  httpVersion: string;
  sourceIp: string;
  serverPort: number;
  body: Buffer;
  receivedAt: Date;
}

/** The API that the event says it comes from. */
export interface ApiIdentity {
  accountId: string;
  apiId: string;
}

/**
 * The event that API Gateway gives a Lambda function: payload format 2.0, down to what the documentation leaves open
 * and live captures show (github.com/hotsock/voker, vokerhttp/testdata): cookies leave the headers, a repeated header
 * is joined with a comma alone, query parameters that repeat as well, and absent parts are absent, not null.
 */
export function buildEvent(
  request: ReceivedRequest,
  { route, pathParameters }: MatchedRoute,
  claims: Claims | undefined,
  api: ApiIdentity,
  requestId: string,
): GatewayEvent {
  const { headers, cookies } = readHeaders(request);
  const query = readQuery(request.rawQueryString);
  const isBase64Encoded = request.body.length > 0 && !isText(headers['content-type']);
  const domainName = (headers.host ?? '').replace(/:\d+$/, '');
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: request.path.path,
    rawQueryString: request.rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers,
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: api.accountId,
      apiId: api.apiId,
      ...(claims === undefined ? {} : { authorizer: { jwt: { claims: claimStrings(claims), scopes: null } } }),
      domainName,
      domainPrefix: domainName.split('.', 1)[0] ?? '',
      http: {
        method: request.method,
        path: request.path.path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: route.routeKey,
      stage: '$default',
      time: formatTime(request.receivedAt),
      timeEpoch: request.receivedAt.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    ...(request.body.length > 0 ? { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded,
  };
}

/** A request id of the form that HTTP APIs have: 15 characters and an equals sign. */
export function newRequestId(): string {
  return randomBytes(11).toString('base64');
}

function readHeaders(request: ReceivedRequest): { headers: Record<string, string>; cookies: string[] } {
  const values = new Map<string, string>();
  const cookies: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    const value = request.rawHeaders[index + 1] ?? '';
    if (CONNECTION_HEADERS.has(name)) continue;
    if (name === 'cookie') cookies.push(...value.split(/;\s*/).filter((cookie) => cookie !== ''));
    else values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  }
  values.set('content-length', String(request.body.length));
  values.set('x-forwarded-for', [values.get('x-forwarded-for'), request.sourceIp].filter(Boolean).join(', '));
  values.set('x-forwarded-port', String(request.serverPort));
  values.set('x-forwarded-proto', 'http');
  if (!values.has('x-amzn-trace-id')) values.set('x-amzn-trace-id', newTraceId(request.receivedAt));
  return { headers: Object.fromEntries([...values].sort(([left], [right]) => (left < right ? -1 : 1))), cookies };
}

function readQuery(rawQueryString: string): Record<string, string> | undefined {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  }
  return values.size === 0 ? undefined : Object.fromEntries(values);
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

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The common log format, in UTC: `12/Mar/2020:19:03:58 +0000`. */
function formatTime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${day}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}

function newTraceId(date: Date): string {
  return `Root=1-${Math.floor(date.getTime() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
}
