import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';

/** The CORS configuration of the API, as its Terraform resource has it. */
export interface CorsSettings {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number | undefined;
}

/** API Gateway's answer to a preflight request, which needs no route; undefined for any other request. */
export function preflightAnswer(cors: CorsSettings, { method, headers }: IncomingMessage): Answer | undefined {
  if (method !== 'OPTIONS' || headers.origin === undefined || !headers['access-control-request-method'])
    return undefined;
  const allowed = originHeaders(cors, headers.origin);
  const preflight = {
    'access-control-allow-methods': cors.allowMethods.join(','),
    'access-control-allow-headers': cors.allowHeaders.join(','),
    ...(cors.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  };
  return { status: 204, headers: allowed === undefined ? {} : { ...allowed, ...preflight }, body: Buffer.alloc(0) };
}

/** The answer with the API's CORS headers; those of the Lambda function are ignored once the API has its own. */
export function withCors(answer: Answer, cors: CorsSettings, origin: string | undefined): Answer {
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  const allowed = origin === undefined ? undefined : originHeaders(cors, origin);
  const exposed =
    allowed !== undefined && cors.exposeHeaders.length > 0
      ? { 'access-control-expose-headers': cors.exposeHeaders.join(',') }
      : {};
  return { ...answer, headers: { ...Object.fromEntries(own), ...allowed, ...exposed } };
}

function originHeaders({ allowOrigins }: CorsSettings, origin: string): Record<string, string> | undefined {
  if (allowOrigins.includes('*')) return { 'access-control-allow-origin': '*' };
  return allowOrigins.includes(origin) ? { 'access-control-allow-origin': origin } : undefined;
}
