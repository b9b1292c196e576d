import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { ThrottledError } from '../../../local/aws/lambda/errors.ts';
import { type AnsweredRequest, startGateway } from '../../../local/http/gateway.ts';
import { issuer, NO_CONTROL, raw, testGateways, token } from './gateway-testing.ts';
import { failure } from './testing.ts';

describe('the gateway', function () {
  this.timeout(10_000);
  const start = testGateways();

  it('answers 404 for a route that it does not have, before it asks for a token', async () => {
    const { gateway, invocations } = await start();
    for (const [method, path] of [
      ['GET', '/api/other'],
      ['DELETE', '/api/goals'],
      ['HEAD', '/api/goals'],
      ['OPTIONS', '/api/goals'],
      ['GET', '/api/workflows/a%2Fb/status'],
    ] as const) {
      const answer = await raw(gateway.port, { method, path });
      expect(answer.status, `${method} ${path}`).to.equal(404);
      expect(answer.body).to.equal(method === 'HEAD' ? '' : '{"message":"Not Found"}');
      expect(answer.headers['content-type']).to.equal('application/json');
    }
    expect(invocations).to.deep.equal([]);
  });

  it('tells of each request to a route that was answered, with its latency', async () => {
    const answered: AnsweredRequest[] = [];
    const { call } = await start({ statusCode: 201, body: '' }, { onAnswer: (request) => answered.push(request) });
    await call('/api/goals');
    await call('/api/goals', { headers: { authorization: 'Bearer nonsense' } });
    await call('/api/none');
    expect(answered.map(({ status }) => status)).to.deep.equal([201, 401]);
    const [invoked, refused] = answered;
    expect(invoked?.integrationLatencyMs).to.be.at.most(invoked?.latencyMs ?? -1);
    expect(refused?.integrationLatencyMs).to.equal(undefined);
    expect(refused?.latencyMs).to.be.above(0);
  });

  it('answers 400 for a path that does not decode', async () => {
    const { gateway } = await start();
    const answer = await raw(gateway.port, { path: '/api/goals/%E0%A4' });
    expect(answer).to.deep.include({ status: 400, body: '{"message":"Bad Request"}' });
  });

  it('answers 401 without a good token, and says why', async () => {
    const { gateway, invocations } = await start();
    const expired = await issuer.issueToken('user-1', -10);
    for (const [authorization, challenge] of [
      [undefined, 'Bearer'],
      ['', 'Bearer'],
      ['Bearer ', 'Bearer'],
      ['Bearer nonsense', 'Bearer scope="" error="invalid_token" error_description="the token is not a JWT"'],
      [`Bearer ${expired}`, 'Bearer scope="" error="invalid_token" error_description="the token has expired"'],
    ]) {
      const answer = await raw(gateway.port, {
        path: '/api/goals',
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(answer).to.deep.include({ status: 401, body: '{"message":"Unauthorized"}' });
      expect(answer.headers['www-authenticate']).to.equal(challenge);
    }
    expect(invocations).to.deep.equal([]);
    for (const authorization of [token, `Bearer ${token}`, `bearer ${token}`]) {
      expect((await raw(gateway.port, { path: '/api/goals', headers: { authorization } })).status).to.equal(200);
    }
  });

  it('answers 500 and tells the stack when the authorizer itself breaks', async () => {
    const errors: unknown[] = [];
    const authorizer = { verify: () => Promise.reject(new Error('no keys')) };
    const { call } = await start(undefined, { authorizer, onError: (error) => errors.push(error) });
    expect((await call('/api/goals')).status).to.equal(500);
    expect(errors).to.have.length(1);
  });

  it('takes a body at the limit of a Lambda invocation, and answers 413 above it and above its own', async () => {
    const { call, invocations } = await start();
    const post = (length: number, fill = 'x') =>
      call('/api/goals', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: fill.repeat(length) });
    expect((await post(6 * 1024 * 1024 - 8192)).status).to.equal(200);
    expect(invocations[0]?.event.body).to.have.length(6 * 1024 * 1024 - 8192);
    for (const [length, fill] of [
      [6 * 1024 * 1024 + 101, 'x'],
      [2 * 1024 * 1024, '\u0001'],
      [10 * 1024 * 1024 + 1, 'x'],
      [20 * 1024 * 1024, 'x'],
    ] as const) {
      const response = await post(length, fill);
      expect(response.status, String(length)).to.equal(413);
      expect(await response.text()).to.equal('{"message":"Request Entity Too Large"}');
    }
    expect(invocations).to.have.length(1);
    expect((await call('/api/goals')).status).to.equal(200);
  });

  it('answers 500 when the function fails, and tells the stack', async () => {
    const errors: unknown[] = [];
    const { call } = await start(undefined, {
      invoke: () => Promise.reject(new Error('boom')),
      onError: (error, { routeKey }) => errors.push([error, routeKey]),
    });
    const response = await call('/open');
    expect(response.status).to.equal(500);
    expect(await response.text()).to.equal('{"message":"Internal Server Error"}');
    expect(errors).to.have.nested.property('[0][0].message', 'boom');
    expect(errors).to.have.nested.property('[0][1]', 'GET /open');
  });

  it('answers 503 when Lambda throttles the function, and tells the stack', async () => {
    const errors: unknown[] = [];
    const { call } = await start(undefined, {
      invoke: () => Promise.reject(new ThrottledError()),
      onError: (error) => errors.push(error),
    });
    const response = await call('/open');
    expect(response.status).to.equal(503);
    expect(await response.text()).to.equal('{"message":"Service Unavailable"}');
    expect(errors[0]).to.be.instanceOf(ThrottledError);
  });

  it('answers 503 when the function takes longer than the scaled timeout, whatever it does later', async () => {
    const late = Promise.withResolvers<unknown>();
    const { call } = await start(undefined, { timeScale: 0.002, invoke: () => late.promise });
    const before = performance.now();
    const response = await call('/open');
    expect(performance.now() - before).to.be.within(55, 3000);
    expect(response.status).to.equal(503);
    expect(await response.text()).to.equal('{"message":"Service Unavailable"}');
    late.reject(new Error('too late'));
  });

  it('asks the page before it answers 404, and never for a route', async () => {
    const { call } = await start(undefined, {
      extra: (request, response) => {
        if (request.url !== '/page') return false;
        response.end('the page');
        return true;
      },
    });
    expect(await (await call('/page')).text()).to.equal('the page');
    expect((await call('/nothing')).status).to.equal(404);
    expect((await call('/open')).status).to.equal(200);
  });

  it('keeps serving when a client goes away in the middle of its body', async () => {
    const { gateway, call, invocations } = await start();
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`POST /api/goals HTTP/1.1\r\nHost: x\r\nAuthorization: ${token}\r\nContent-Length: 100\r\n\r\n{"a"`);
    await once(socket, 'connect');
    socket.destroy();
    await once(socket, 'close');
    expect((await call('/open')).status).to.equal(200);
    expect(invocations.map(({ functionName }) => functionName)).to.deep.equal(['open']);
  });

  it('says which port is in use and how to choose another', async () => {
    const { gateway } = await start();
    const error = await failure(
      startGateway({
        port: gateway.port,
        routes: [],
        authorizer: issuer,
        control: NO_CONTROL,
        invoke: async () => null,
      }),
    );
    expect(error).to.be.instanceOf(Error).with.property('code', 'port_in_use');
    expect(error)
      .to.have.property('message')
      .that.includes(`Port ${gateway.port}`)
      .and.matches(/PORT=\d+ make start/);
  });
});
