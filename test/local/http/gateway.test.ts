import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { ThrottledError } from '../../../local/aws/lambda/errors.ts';
import { lambdaAnswer } from '../../../local/http/answer.ts';
import type { Claims } from '../../../local/http/authorizer.ts';
import type { GatewayEvent } from '../../../local/http/event.ts';
import { type GatewayOptions, startGateway } from '../../../local/http/gateway.ts';
import type { RunningServer } from '../../../local/http/server.ts';
import { raw } from './testing.ts';

const ROUTES = [
  { routeKey: 'GET /api/goals', functionName: 'goals', authorizer: true },
  { routeKey: 'POST /api/goals', functionName: 'goals', authorizer: true },
  { routeKey: 'GET /open', functionName: 'open', authorizer: false },
];
const CLAIMS: Claims = { sub: 'u', groups: ['a', 'b'], exp: 1, ok: true, none: null, address: { city: 'Kyoto' } };

/** What it answers without a good token is seen by test/integration/bad-input.test.ts. */
describe('the gateway', function () {
  this.timeout(300_000);
  const open: RunningServer[] = [];
  afterEach(async () => {
    for (const gateway of open.splice(0)) await gateway.close();
  });

  /** Starts a gateway that takes every token, and whose every function answers 200. */
  async function start(options: Partial<GatewayOptions> = {}) {
    const invocations: { functionName: string; event: GatewayEvent }[] = [];
    const gateway = await startGateway({
      port: 0,
      routes: ROUTES,
      verify: async () => CLAIMS,
      api: { accountId: '123456789012', apiId: 'local' },
      control: async () => false,
      invoke: async (functionName, event) => {
        invocations.push({ functionName, event });
        return { statusCode: 200, body: 'ok' };
      },
      onAnswer: () => undefined,
      onError: () => undefined,
      ...options,
    });
    open.push(gateway);
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${gateway.url}${path}`, { ...init, headers: { authorization: 'Bearer good', ...init.headers } });
    return { gateway, call, invocations };
  }

  /** What a function is given that no test of the API would notice. */
  it('joins what repeats with a comma, decodes the query, writes claims as strings, and makes events of payload format 2.0', async () => {
    const { gateway, invocations } = await start();
    const query = 'repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa&plus=a+b&encoded=a%2Bb&empty=';
    const sent = { authorization: 'Bearer good', 'user-agent': 'test/1.0', connection: 'close' };
    const headers = { ...sent, Host: 'api.example.com:8080', 'X-Probe': ['first', 'second'] };
    const answer = await raw(gateway.port, { path: `/api/goals?${query}`, headers });
    const { requestContext, ...event } = invocations[0]?.event ?? {};
    expect(event).to.deep.equal({
      version: '2.0',
      routeKey: 'GET /api/goals',
      rawPath: '/api/goals',
      rawQueryString: query,
      headers: {
        ...sent,
        'content-length': '0',
        host: 'api.example.com:8080',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': String(gateway.port),
        'x-forwarded-proto': 'http',
        'x-probe': 'first,second',
      },
      queryStringParameters: {
        repeat: 'one,two',
        redirect: 'https://example.com/a',
        plus: 'a b',
        encoded: 'a+b',
        empty: '',
      },
      isBase64Encoded: false,
    });
    const { authorizer, requestId, time, domainName, http } = requestContext ?? {};
    expect(domainName).to.equal('api.example.com');
    const request = { method: 'GET', path: '/api/goals', protocol: 'HTTP/1.1' };
    expect(http).to.deep.equal({ ...request, sourceIp: '127.0.0.1', userAgent: 'test/1.0' });
    const claims = { sub: 'u', groups: '[a b]', exp: '1', ok: 'true', address: '{"city":"Kyoto"}' };
    expect(authorizer).to.deep.equal({ jwt: { claims, scopes: null } });
    expect(requestId).to.match(/^[\w+/]{15}=$/);
    expect(answer.headers['apigw-requestid']).to.equal(requestId);
    expect(time).to.match(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  });

  it('answers 404 for a route that it does not have, and 400 for a path that is none, before it asks for a token', async () => {
    const { gateway } = await start();
    for (const [method, path, status, body] of [
      ['DELETE', '/api/goals', 404, '{"message":"Not Found"}'],
      ['HEAD', '/api/goals', 404, ''],
      ['GET', '/api/goals/%E0%A4', 400, '{"message":"Bad Request"}'],
    ] as const)
      expect(await raw(gateway.port, { method, path }), path).to.deep.include({ status, body });
  });

  it('takes a body at the limit of a Lambda invocation, and answers 413 above it and above its own', async () => {
    const { call, invocations } = await start();
    const post = (length: number, fill = 'x') =>
      call('/api/goals', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: fill.repeat(length) });
    expect((await post(6 * 1024 * 1024 - 8192)).status).to.equal(200);
    for (const [length, fill] of [
      [6 * 1024 * 1024 + 101, 'x'],
      [2 * 1024 * 1024, '\u0001'],
      [20 * 1024 * 1024, 'x'],
    ] as const) {
      const response = await post(length, fill);
      expect([response.status, await response.text()]).to.deep.equal([413, '{"message":"Request Entity Too Large"}']);
    }
    expect(invocations).to.have.length(1);
    expect((await call('/api/goals')).status).to.equal(200);
  });

  for (const [why, status, options] of [
    ['500 when the function fails', 500, { invoke: () => Promise.reject(new Error('boom')) }],
    ['503 when Lambda throttles it', 503, { invoke: () => Promise.reject(new ThrottledError()) }],
    ['500 when the authorizer breaks', 500, { verify: () => Promise.reject(new Error('no keys')) }],
  ] as const) {
    it(`answers ${why}, and tells the stack`, async () => {
      const errors: unknown[] = [];
      const { call } = await start({ ...options, onError: (error) => errors.push(error) });
      const response = await call('/api/goals');
      const message = status === 500 ? 'Internal Server Error' : 'Service Unavailable';
      expect([response.status, await response.json()]).to.deep.equal([status, { message }]);
      expect(errors).to.have.length(1);
    });
  }

  it('answers 500 for what a function answers that cannot be read; a body may be missing', () => {
    const text = { 'content-type': 'text/plain; charset=utf-8' };
    expect(lambdaAnswer({ statusCode: 204 })).to.deep.equal({ status: 204, headers: text, body: Buffer.alloc(0) });
    for (const answer of [
      null,
      { statusCode: '200' },
      { statusCode: 101 },
      { statusCode: 200, body: { a: 1 } },
      { statusCode: 200, headers: { 'x-split': 'a\r\nset-cookie: b=1' } },
    ])
      expect(lambdaAnswer(answer).status, JSON.stringify(answer)).to.equal(500);
  });

  it('keeps serving when a client goes away in the middle of its body', async () => {
    const { gateway, call, invocations } = await start();
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`POST /api/goals HTTP/1.1\r\nHost: x\r\nAuthorization: good\r\nContent-Length: 100\r\n\r\n{"a"`);
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    expect((await call('/open')).status).to.equal(200);
    expect(invocations.map(({ functionName }) => functionName)).to.deep.equal(['open']);
  });
});
