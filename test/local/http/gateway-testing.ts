import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ControlHandlers } from '../../../local/control/control.ts';
import { createLocalIssuer } from '../../../local/control/issuer.ts';
import type { GatewayEvent } from '../../../local/http/event.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../../local/http/gateway.ts';

const ROUTES = [
  { routeKey: 'GET /api/goals', functionName: 'goals', authorizer: true },
  { routeKey: 'POST /api/goals', functionName: 'goals', authorizer: true },
  { routeKey: 'GET /api/workflows/{executionArn}/status', functionName: 'get-status', authorizer: true },
  { routeKey: 'GET /open', functionName: 'open', authorizer: false },
];

export const NO_CONTROL: ControlHandlers = {
  token: () => Promise.reject(new Error('unused')),
  ai: { get: () => ({}), put: () => ({}) },
  inbox: () => [],
  health: async () => ({ down: [] }),
  metrics: () => ({}),
  alarms: () => [],
  expire: () => Promise.reject(new Error('unused')),
};

/** Signs for every test gateway: making a key takes longer than the tests. */
export const issuer = await createLocalIssuer({ issuer: 'https://local', audience: 'goal-activity' });

/** A good token of user-1. */
export const token = await issuer.issueToken('user-1');

/** For a `describe`: starts gateways whose every function answers `answer`, and closes them after each test. */
export function testGateways() {
  const open: Gateway[] = [];
  afterEach(async () => {
    for (const gateway of open.splice(0)) await gateway.close();
  });

  return async function start(
    answer: unknown = { statusCode: 200, body: 'ok' },
    options: Partial<GatewayOptions> = {},
  ) {
    const invocations: { functionName: string; event: GatewayEvent }[] = [];
    const gateway = await startGateway({
      port: 0,
      routes: ROUTES,
      authorizer: issuer,
      control: NO_CONTROL,
      invoke: async (functionName, event) => {
        invocations.push({ functionName, event });
        return answer;
      },
      ...options,
    });
    open.push(gateway);
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${gateway.url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
    return { gateway, call, invocations };
  };
}

interface RawRequest {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** A request whose headers and path go out as they are, unlike those of fetch. */
export async function raw(port: number, { method = 'GET', path, headers = {}, body }: RawRequest) {
  const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
  request.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  const answer: { status: number; headers: IncomingHttpHeaders; body: string } = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  };
  return answer;
}
