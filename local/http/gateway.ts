import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ThrottledError } from '../aws/lambda/errors.ts';
import { type ControlHandlers, createControl } from '../control/control.ts';
import { type Answer, gatewayAnswer, INTERNAL_SERVER_ERROR, lambdaAnswer, SERVICE_UNAVAILABLE } from './answer.ts';
import { type Access, authorize, type Claims, type TokenVerifier } from './authorizer.ts';
import { type CorsRequest, type CorsSettings, preflightAnswer, withCors } from './cors.ts';
import { type ApiIdentity, buildEvent, type GatewayEvent, newRequestId } from './event.ts';
import { compileRoutes, decodePath, type GatewayRoute, type MatchedRoute, type RequestPath } from './routes.ts';
import { BodyIncomplete, BodyTooLarge, listen, readBody } from './server.ts';

/** Quotas of HTTP APIs and Lambda, which cannot be raised: 10 MB a request, 6 MB an invocation, 30 s an integration. */
const REQUEST_LIMIT = 10 * 1024 * 1024;
const INVOCATION_LIMIT = 6 * 1024 * 1024 + 100;
const INTEGRATION_TIMEOUT_MS = 30_000;

/** Bodies below this cannot make an event over the invocation limit, even if each byte is escaped to `\u0000`. */
const MEASURED_FROM = Math.floor(INVOCATION_LIMIT / 6) - 64 * 1024;

export interface GatewayOptions {
  /** 0 takes any free port. */
  port: number;
  /** Default: 127.0.0.1. */
  host?: string;
  routes: readonly GatewayRoute[];
  authorizer: TokenVerifier;
  cors?: CorsSettings;
  /** Invokes a Lambda function and waits for its answer; rejects when the function fails. */
  invoke: (functionName: string, event: GatewayEvent) => Promise<unknown>;
  /** The local control calls, which come before the routes. */
  control: ControlHandlers;
  /** Is asked before a request without a route gets its 404, and says whether it has answered: the seam for the page. */
  extra?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
  /** Multiplies the integration timeout of 30 s. */
  timeScale?: number;
  api?: Partial<ApiIdentity>;
  /** Is told why a request got a 500 or 503. */
  onError?: (error: unknown, request: { routeKey: string; requestId: string }) => void;
  /** Is told of each request to a route that was answered. */
  onAnswer?: (answered: AnsweredRequest) => void;
}

/** What API Gateway's metrics are made of. */
export interface AnsweredRequest {
  readonly status: number;
  /** From the request to the answer, in milliseconds. */
  readonly latencyMs: number;
  /** Of that, what the function took; undefined when it was not called. */
  readonly integrationLatencyMs: number | undefined;
}

export interface Gateway {
  port: number;
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the HTTP front of the local stack: what an API Gateway HTTP API with a JWT authorizer and Lambda proxy
 * integrations (payload format 2.0) does, and the local control calls. Rejects with a `ListenError` for a port in use.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { cors, timeScale = 1 } = options;
  const api = { accountId: '123456789012', apiId: 'local', ...options.api };
  const findRoute = compileRoutes(options.routes);
  const control = createControl(options.control);

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const requestId = newRequestId();
    handle(request, response, requestId).catch((error: unknown) => {
      if (error instanceof BodyIncomplete) return;
      options.onError?.(error, { routeKey: '', requestId });
      send(request, response, requestId, INTERNAL_SERVER_ERROR());
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const receivedAt = new Date();
    const startedAt = performance.now();
    const [rawPath = '', rawQueryString = ''] = splitOnce(request.url ?? '', '?');
    if (await control(request, response, rawPath)) return;
    const method = request.method ?? '';
    const corsRequest = readCors(request, method);
    const finish = (answer: Answer): void =>
      send(request, response, requestId, cors === undefined ? answer : withCors(answer, cors, corsRequest));

    const preflight = cors === undefined ? undefined : preflightAnswer(cors, corsRequest);
    if (preflight !== undefined) return send(request, response, requestId, preflight);

    const path = decodePath(rawPath);
    if (path === undefined) return finish(gatewayAnswer(400, 'Bad Request'));
    const matched = findRoute(method, path.routed);
    if (matched === undefined) {
      if (await options.extra?.(request, response)) return;
      return finish(gatewayAnswer(404, 'Not Found'));
    }
    const finishRoute = (answer: Answer, integrationLatencyMs?: number): void => {
      finish(answer);
      options.onAnswer?.({ status: answer.status, latencyMs: performance.now() - startedAt, integrationLatencyMs });
    };
    const { claims, refusal }: Access = matched.route.authorizer
      ? await authorize(request.headers.authorization, options.authorizer)
      : {};
    if (refusal !== undefined) return finishRoute(refusal);
    const event = await eventOf(request, { method, path, rawQueryString, receivedAt }, matched, claims, requestId);
    if (event === undefined) return finishRoute(gatewayAnswer(413, 'Request Entity Too Large'));
    const calledAt = performance.now();
    finishRoute(await callFunction(matched.route, event), performance.now() - calledAt);
  }

  /** Undefined for a request that is too large for API Gateway, or whose event is for Lambda. */
  async function eventOf(
    request: IncomingMessage,
    parts: { method: string; path: RequestPath; rawQueryString: string; receivedAt: Date },
    matched: MatchedRoute,
    claims: Claims | undefined,
    requestId: string,
  ): Promise<GatewayEvent | undefined> {
    let body: Buffer;
    try {
      body = await readBody(request, REQUEST_LIMIT);
    } catch (error) {
      if (error instanceof BodyTooLarge) return undefined;
      throw error;
    }
    const { rawHeaders, httpVersion, socket } = request;
    const sourceIp = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const received = { ...parts, rawHeaders, httpVersion, sourceIp, serverPort: socket.localPort ?? 0, body };
    const event = buildEvent(received, matched, claims, api, requestId);
    const fits = body.length < MEASURED_FROM || Buffer.byteLength(JSON.stringify(event)) <= INVOCATION_LIMIT;
    return fits ? event : undefined;
  }

  /** The function goes on after a timeout, as in Lambda; its late answer is nobody's. */
  async function callFunction(route: GatewayRoute, event: GatewayEvent): Promise<Answer> {
    const context = { routeKey: route.routeKey, requestId: event.requestContext.requestId };
    const timer = new AbortController();
    const timedOut = sleep(INTEGRATION_TIMEOUT_MS * timeScale, undefined, { signal: timer.signal }).then(
      () => {
        options.onError?.(new Error(`${route.functionName} did not answer within the integration timeout`), context);
        return SERVICE_UNAVAILABLE();
      },
      () => INTERNAL_SERVER_ERROR(),
    );
    const answered = options.invoke(route.functionName, event).then(lambdaAnswer, (error: unknown) => {
      options.onError?.(error, context);
      return error instanceof ThrottledError ? SERVICE_UNAVAILABLE() : INTERNAL_SERVER_ERROR();
    });
    try {
      return await Promise.race([answered, timedOut]);
    } finally {
      timer.abort();
    }
  }

  const address = await listen(server, options.port, options.host);
  return {
    ...address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(request: IncomingMessage, response: ServerResponse, requestId: string, answer: Answer): void {
  // Whatever of the body was not read yet must not be taken for the connection's next request.
  request.resume();
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, headers, body } = answer;
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, {
    'apigw-requestid': requestId,
    ...headers,
    ...(hasBody ? { 'content-length': body.length } : {}),
  });
  response.end(hasBody ? body : undefined);
}

function readCors({ headers }: IncomingMessage, method: string): CorsRequest {
  return { method, origin: headers.origin, requestedMethod: headers['access-control-request-method'] };
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
