import type { IncomingMessage, ServerResponse } from 'node:http';
import { ThrottledError } from '../aws/lambda/errors.ts';
import { type Answer, gatewayAnswer, INTERNAL_SERVER_ERROR, lambdaAnswer, SERVICE_UNAVAILABLE } from './answer.ts';
import { authorize, type VerifyToken } from './authorizer.ts';
import { type ApiIdentity, buildEvent, type GatewayEvent, newRequestId, type ReceivedRequest } from './event.ts';
import { compileRoutes, decodePath, type GatewayRoute } from './routes.ts';
import { BodyIncomplete, BodyTooLarge, type RunningServer, readBody, startServer } from './server.ts';

/** Quotas of HTTP APIs and Lambda, which cannot be raised: 10 MB a request, 6 MB an invocation. */
const REQUEST_LIMIT = 10 * 1024 * 1024;
const INVOCATION_LIMIT = 6 * 1024 * 1024 + 100;

export interface GatewayOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly routes: readonly GatewayRoute[];
  readonly verify: VerifyToken;
  /** Invokes a Lambda function and waits for its answer; rejects when the function fails. */
  readonly invoke: (functionName: string, event: GatewayEvent) => Promise<unknown>;
  /** Answers a request that is for the stack itself, before the routes, and says whether it was one. */
  readonly control: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean>;
  /** Is asked before a request without a route gets its 404, and says whether it has answered: the seam for the page. */
  readonly extra?: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
  readonly api: ApiIdentity;
  /** Is told why a request got a 500 or 503. */
  readonly onError: (error: unknown, request: { routeKey: string; requestId: string }) => void;
  /** Is told of each request to a route that was answered. */
  readonly onAnswer: (answered: AnsweredRequest) => void;
}

/** What API Gateway's metrics are made of. */
export interface AnsweredRequest {
  readonly status: number;
  /** From the request to the answer, in milliseconds. */
  readonly latencyMs: number;
  /** Of that, what the function took; undefined when it was not called. */
  readonly integrationLatencyMs: number | undefined;
}

/** What becomes of a request; undefined when somebody else has answered it. */
interface Outcome {
  readonly answer: Answer;
  /** Of a request to a route: what its function took, if it was called. */
  readonly route?: { readonly integrationLatencyMs?: number };
}

/**
 * Starts the HTTP front of the local stack: what an API Gateway HTTP API with a JWT authorizer and Lambda proxy
 * integrations (payload format 2.0) does.
 * @throws Error for a port in use
 */
export async function startGateway(options: GatewayOptions): Promise<RunningServer> {
  const findRoute = compileRoutes(options.routes);

  async function outcomeOf(request: IncomingMessage, response: ServerResponse, requestId: string) {
    const receivedAt = new Date();
    const [, rawPath = '', rawQueryString = ''] = /^([^?]*)\??(.*)$/s.exec(request.url ?? '') ?? [];
    if (await options.control(request, response, rawPath)) return undefined;
    const path = decodePath(rawPath);
    if (path === undefined) return { answer: gatewayAnswer(400, 'Bad Request') };
    const matched = findRoute(request.method ?? '', path.routed);
    if (matched === undefined) {
      if (await options.extra?.(request, response)) return undefined;
      return { answer: gatewayAnswer(404, 'Not Found') };
    }
    const { claims, refusal } = matched.route.authorizer
      ? await authorize(request.headers.authorization, options.verify)
      : {};
    if (refusal !== undefined) return { answer: refusal, route: {} };
    return integrate({ request, ...matched, path, rawQueryString, claims, requestId, receivedAt }, options);
  }

  return startServer((request, response) => {
    const requestId = newRequestId();
    const startedAt = performance.now();
    const finish = ({ answer, route }: Outcome): void => {
      send(request, response, requestId, answer);
      const { integrationLatencyMs } = route ?? {};
      const latencyMs = performance.now() - startedAt;
      if (route !== undefined) options.onAnswer({ status: answer.status, latencyMs, integrationLatencyMs });
    };
    outcomeOf(request, response, requestId).then(
      (outcome) => outcome && finish(outcome),
      (error: unknown) => {
        if (error instanceof BodyIncomplete) return;
        options.onError(error, { routeKey: '', requestId });
        finish({ answer: INTERNAL_SERVER_ERROR() });
      },
    );
  }, options.port);
}

/** Calls the route's function, unless the request is too large for API Gateway, or its event for Lambda. */
async function integrate(received: ReceivedRequest, options: GatewayOptions): Promise<Outcome> {
  const tooLarge = { answer: gatewayAnswer(413, 'Request Entity Too Large'), route: {} };
  let body: Buffer;
  try {
    body = await readBody(received.request, REQUEST_LIMIT);
  } catch (error) {
    if (error instanceof BodyTooLarge) return tooLarge;
    throw error;
  }
  const event = buildEvent(received, body, options.api);
  if (Buffer.byteLength(JSON.stringify(event)) > INVOCATION_LIMIT) return tooLarge;
  const calledAt = performance.now();
  const answer = await callFunction(received.route, event, options);
  return { answer, route: { integrationLatencyMs: performance.now() - calledAt } };
}

async function callFunction(
  { routeKey, functionName }: GatewayRoute,
  event: GatewayEvent,
  { invoke, onError }: GatewayOptions,
): Promise<Answer> {
  try {
    return lambdaAnswer(await invoke(functionName, event));
  } catch (error) {
    onError(error, { routeKey, requestId: event.requestContext.requestId });
    return error instanceof ThrottledError ? SERVICE_UNAVAILABLE() : INTERNAL_SERVER_ERROR();
  }
}

function send(request: IncomingMessage, response: ServerResponse, requestId: string, answer: Answer): void {
  // Whatever of the body was not read yet must not be taken for the connection's next request.
  request.resume();
  if (response.headersSent) return void response.destroy();
  const { status, headers, body } = answer;
  const hasBody = status !== 204 && status !== 304;
  const length = hasBody ? { 'content-length': body.length } : {};
  response.writeHead(status, { 'apigw-requestid': requestId, ...headers, ...length });
  response.end(hasBody ? body : undefined);
}
