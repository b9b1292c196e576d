import type { Answer } from './answer.ts';

/** The CORS configuration of the API, as its Terraform resource has it. */
export interface CorsSettings {
  allowOrigins: readonly string[];
  allowMethods: readonly string[];
  allowHeaders: readonly string[];
  exposeHeaders?: readonly string[];
  maxAgeSeconds?: number;
  allowCredentials?: boolean;
}

/** What of a request CORS looks at. */
export interface CorsRequest {
  method: string;
  origin: string | undefined;
  requestedMethod: string | undefined;
}

/** API Gateway's answer to a preflight request, which needs no route; undefined for any other request. */
export function preflightAnswer(cors: CorsSettings, request: CorsRequest): Answer | undefined {
  const { method, origin, requestedMethod } = request;
  if (method !== 'OPTIONS' || origin === undefined || requestedMethod === undefined) return undefined;
  const headers = originHeaders(cors, origin);
  if (headers !== undefined) {
    headers['access-control-allow-methods'] = cors.allowMethods.join(',');
    headers['access-control-allow-headers'] = cors.allowHeaders.join(',');
    if (cors.maxAgeSeconds !== undefined) headers['access-control-max-age'] = String(cors.maxAgeSeconds);
  }
  return { status: 204, headers: headers ?? {}, body: Buffer.alloc(0) };
}

/** The answer with the API's CORS headers; those of the Lambda function are ignored once the API has its own. */
export function withCors(answer: Answer, cors: CorsSettings, request: CorsRequest): Answer {
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  const added = request.origin === undefined ? undefined : originHeaders(cors, request.origin);
  if (added !== undefined && cors.exposeHeaders !== undefined && cors.exposeHeaders.length > 0) {
    added['access-control-expose-headers'] = cors.exposeHeaders.join(',');
  }
  return { ...answer, headers: { ...Object.fromEntries(own), ...added } };
}

function originHeaders(cors: CorsSettings, origin: string): Record<string, string> | undefined {
  const any = cors.allowOrigins.includes('*');
  if (!any && !cors.allowOrigins.includes(origin)) return undefined;
  return {
    'access-control-allow-origin': any ? '*' : origin,
    ...(cors.allowCredentials === true ? { 'access-control-allow-credentials': 'true' } : {}),
  };
}
