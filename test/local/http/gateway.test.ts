import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { ThrottledError } from '../../../local/aws/lambda/errors.ts';
import { testGateways, token } from './gateway-testing.ts';
import { raw } from './testing.ts';

describe('the gateway', function () {
  this.timeout(10_000);
  const start = testGateways();

  it('answers 404 for a route that it does not have, before it asks for a token', async () => {
    const { gateway, invocations } = await start();
    for (const [method, path] of [
      ['DELETE', '/api/goals'],
      ['HEAD', '/api/goals'],
      ['GET', '/api/workflows/a%2Fb/status'],
    ] as const) {
      const { status, body } = await raw(gateway.port, { method, path });
      expect([status, body], path).to.deep.equal([404, method === 'HEAD' ? '' : '{"message":"Not Found"}']);
    }
    expect(invocations).to.deep.equal([]);
    expect(await raw(gateway.port, { path: '/api/goals/%E0%A4' })).to.deep.include({ status: 400 });
  });

  it('answers 401 without a good token, and says why', async () => {
    const { gateway, invocations } = await start();
    const why = `Bearer scope="" error="invalid_token" error_description="the token is 'bad'"`;
    for (const [headers, challenge] of [
      [{}, 'Bearer'],
      [{ authorization: '' }, 'Bearer'],
      [{ authorization: 'Bearer ' }, 'Bearer'],
      [{ authorization: 'Bearer nonsense' }, why],
    ] as const) {
      const answer = await raw(gateway.port, { path: '/api/goals', headers });
      expect(answer).to.deep.include({ status: 401, body: '{"message":"Unauthorized"}' });
      expect(answer.headers['www-authenticate']).to.equal(challenge);
    }
    expect(invocations).to.deep.equal([]);
    for (const authorization of [token, `Bearer ${token}`, `bearer ${token}`]) {
      expect((await raw(gateway.port, { path: '/api/goals', headers: { authorization } })).status).to.equal(200);
    }
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
      const { call } = await start(undefined, { ...options, onError: (error) => errors.push(error) });
      const response = await call('/api/goals');
      const message = status === 500 ? 'Internal Server Error' : 'Service Unavailable';
      expect([response.status, await response.json()]).to.deep.equal([status, { message }]);
      expect(errors).to.have.length(1);
    });
  }

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
});
