import { type Claims, TokenRejected } from '../../../local/http/authorizer.ts';
import type { GatewayEvent } from '../../../local/http/event.ts';
import { type GatewayOptions, startGateway } from '../../../local/http/gateway.ts';
import type { RunningServer } from '../../../local/http/server.ts';

const ROUTES = [
  { routeKey: 'GET /api/goals', functionName: 'goals', authorizer: true },
  { routeKey: 'POST /api/goals', functionName: 'goals', authorizer: true },
  { routeKey: 'GET /api/workflows/{executionArn}/status', functionName: 'get-status', authorizer: true },
  { routeKey: 'GET /open', functionName: 'open', authorizer: false },
];

/** The one good token, and what it claims. */
export const token = 'good';
const CLAIMS: Claims = { sub: 'u', groups: ['a', 'b'], exp: 1, ok: true, none: null, address: { city: 'Kyoto' } };

async function verify(given: string): Promise<Claims> {
  if (given === token) return CLAIMS;
  throw new TokenRejected('the token is "bad"');
}

/** For a `describe`: starts gateways whose every function answers `answer`, and closes them after each test. */
export function testGateways() {
  const open: RunningServer[] = [];
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
      verify,
      api: { accountId: '123456789012', apiId: 'local' },
      control: async () => false,
      invoke: async (functionName, event) => {
        invocations.push({ functionName, event });
        return answer;
      },
      onAnswer: () => undefined,
      onError: () => undefined,
      ...options,
    });
    open.push(gateway);
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${gateway.url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
    return { gateway, call, invocations };
  };
}
