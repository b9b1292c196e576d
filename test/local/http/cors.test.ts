import { expect } from 'chai';
import { testGateways } from './gateway-testing.ts';
import { raw } from './testing.ts';

describe('the gateway with CORS', () => {
  const start = testGateways();
  const cors = {
    allowOrigins: ['https://app.example.com'],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization', 'content-type'],
    exposeHeaders: ['retry-after'],
    maxAgeSeconds: 300,
  };

  it('answers a preflight request by itself', async () => {
    const { gateway } = await start(undefined, { cors });
    const preflight = (origin: string) =>
      raw(gateway.port, {
        method: 'OPTIONS',
        path: '/api/goals',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight('https://app.example.com');
    expect(allowed.status).to.equal(204);
    expect(allowed.headers).to.deep.include({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '300',
    });
    const refused = await preflight('https://evil.example.com');
    expect(refused.status).to.equal(204);
    expect(refused.headers).to.not.have.property('access-control-allow-origin');
  });

  it("puts its own headers in the place of the function's, on errors too", async () => {
    const { gateway } = await start({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } }, { cors });
    const get = (path: string, origin: string) => raw(gateway.port, { path, headers: { origin } });
    for (const [path, status] of [
      ['/open', 200],
      ['/api/goals', 401],
      ['/none', 404],
    ] as const) {
      const answer = await get(path, 'https://app.example.com');
      expect(answer.status).to.equal(status);
      expect(answer.headers['access-control-allow-origin']).to.equal('https://app.example.com');
      expect(answer.headers['access-control-expose-headers']).to.equal('retry-after');
      expect((await get(path, 'https://evil.example.com')).headers).to.not.have.property('access-control-allow-origin');
    }
  });
});
