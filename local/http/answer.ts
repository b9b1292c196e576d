import { validateHeaderName, validateHeaderValue } from 'node:http';

/** An HTTP answer, ready to be sent. */
export interface Answer {
  status: number;
  /** Lower-case names; `set-cookie` is a list. */
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** Headers of one connection, which end at the gateway (RFC 9110, 7.6.1). */
export const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const JSON_TYPE = 'application/json';

/** An answer of API Gateway itself. */
export function gatewayAnswer(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: Buffer.from(JSON.stringify({ message })) };
}

export const INTERNAL_SERVER_ERROR = (): Answer => gatewayAnswer(500, 'Internal Server Error');
export const SERVICE_UNAVAILABLE = (): Answer => gatewayAnswer(503, 'Service Unavailable');

/**
 * What a client gets for the answer of a Lambda function, payload format 2.0. An answer with a `statusCode` is a
 * response (`text/plain; charset=utf-8` unless it says otherwise); anything else is the body of a 200 in JSON, a string
 * as it is. A response that cannot be read is a 500. Observed on AWS by the authors of its Lambda test tool:
 * github.com/aws/aws-lambda-dotnet, Tools/LambdaTestTool-v2.
 */
export function lambdaAnswer(result: unknown): Answer {
  if (!isRecord(result) || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return { status: 200, headers: { 'content-type': JSON_TYPE }, body: Buffer.from(body) };
  }
  return structuredAnswer(result) ?? INTERNAL_SERVER_ERROR();
}

function structuredAnswer(result: Record<string, unknown>): Answer | undefined {
  const { statusCode: status, body = '', isBase64Encoded = false } = result;
  // 1xx is no final answer, and HTTP has no class beyond 5xx.
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (body !== null && typeof body !== 'string') return undefined;
  const headers = readHeaders(result.headers);
  const cookies = readCookies(result.cookies);
  if (headers === undefined || cookies === undefined) return undefined;
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function readHeaders(value: unknown): Record<string, string | string[]> | undefined {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) return undefined;
  const headers = new Map<string, string>();
  for (const [name, content] of Object.entries(value)) {
    if (typeof content !== 'string' && typeof content !== 'number' && typeof content !== 'boolean') return undefined;
    const lowerCase = name.toLowerCase();
    if (!isHeader(lowerCase, String(content))) return undefined;
    // The gateway sends the body, so it alone knows its length and framing.
    if (!CONNECTION_HEADERS.has(lowerCase) && lowerCase !== 'content-length') headers.set(lowerCase, String(content));
  }
  return Object.fromEntries(headers);
}

function readCookies(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const cookies = value.filter(
    (cookie): cookie is string => typeof cookie === 'string' && isHeader('set-cookie', cookie),
  );
  return cookies.length === value.length ? cookies : undefined;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
