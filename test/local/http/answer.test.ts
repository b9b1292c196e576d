import { expect } from 'chai';
import { testGateways } from './gateway-testing.ts';

describe('the answer of a function behind the gateway', () => {
  const start = testGateways();

  it('is sent, but for what is of one connection', async () => {
    const headers = { 'Content-Type': 'application/json', Location: '/x', 'X-Count': 3, 'Content-Length': '999' };
    const body = '{"goalId":"é"}';
    const { call } = await start({ statusCode: 201, headers: { ...headers, Connection: 'close' }, body });
    const response = await call('/api/goals');
    const names = ['content-type', 'location', 'x-count'];
    const shown = names.map((name) => response.headers.get(name));
    expect([response.status, ...shown]).to.deep.equal([201, 'application/json', '/x', '3']);
    expect(await response.text()).to.equal(body);
  });

  it('is text unless it says otherwise, and may have no body', async () => {
    const { call } = await start({ statusCode: 204 });
    const response = await call('/open');
    expect([response.status, response.headers.get('content-type')]).to.deep.equal([204, 'text/plain; charset=utf-8']);
  });

  it('is a 500 when it cannot be read', async () => {
    for (const answer of [
      null,
      'text',
      { name: 'without a statusCode' },
      { statusCode: 200.5, body: 'x' },
      { statusCode: '200' },
      { statusCode: 101 },
      { statusCode: 600 },
      { statusCode: 200, body: { a: 1 } },
      { statusCode: 200, headers: 'x' },
      { statusCode: 200, headers: { 'x-list': ['a'] } },
      { statusCode: 200, headers: { 'x-split': 'a\r\nset-cookie: b=1' } },
      { statusCode: 200, headers: { 'not a name': 'a' } },
    ]) {
      const { call } = await start(answer);
      const response = await call('/open');
      expect(response.status, JSON.stringify(answer)).to.equal(500);
      expect(await response.text()).to.equal('{"message":"Internal Server Error"}');
    }
  });
});
