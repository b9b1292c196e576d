import { expect } from 'chai';
import { testGateways } from './gateway-testing.ts';

describe('the answer of a function behind the gateway', () => {
  const start = testGateways();

  it('sends what the function answers', async () => {
    const { call } = await start({
      statusCode: 201,
      headers: {
        'Content-Type': 'application/json',
        Location: '/api/goals/1',
        'X-Count': 3,
        'Content-Length': '999',
        Connection: 'close',
      },
      cookies: ['a=1; HttpOnly', 'b=2'],
      body: '{"goalId":"é"}',
    });
    const response = await call('/api/goals');
    expect(response.status).to.equal(201);
    expect(response.headers.get('content-type')).to.equal('application/json');
    expect(response.headers.get('location')).to.equal('/api/goals/1');
    expect(response.headers.get('x-count')).to.equal('3');
    expect(response.headers.getSetCookie()).to.deep.equal(['a=1; HttpOnly', 'b=2']);
    expect(await response.text()).to.equal('{"goalId":"é"}');
  });

  it('takes any answer without a statusCode for the body of a 200', async () => {
    for (const [answer, body] of [
      [{ name: 'x' }, '{"name":"x"}'],
      [[1, 2], '[1,2]'],
      ['Hello', 'Hello'],
      ['', ''],
      [42, '42'],
      [null, 'null'],
      [undefined, 'null'],
    ]) {
      const { call } = await start(undefined, { invoke: async () => answer });
      const response = await call('/open');
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal('application/json');
      expect(await response.text()).to.equal(body);
    }
  });

  it('gives a response without a content type one of text, and decodes Base64', async () => {
    const { call } = await start({
      statusCode: 200,
      body: Buffer.from([0, 255, 1]).toString('base64'),
      isBase64Encoded: true,
    });
    const response = await call('/open');
    expect(response.headers.get('content-type')).to.equal('text/plain; charset=utf-8');
    expect([...new Uint8Array(await response.arrayBuffer())]).to.deep.equal([0, 255, 1]);
    const { call: callEmpty } = await start({ statusCode: 204 });
    expect((await callEmpty('/open')).status).to.equal(204);
  });

  it('answers 500 for a response that it cannot read', async () => {
    for (const answer of [
      { statusCode: 200.5, body: 'x' },
      { statusCode: '200' },
      { statusCode: 99 },
      { statusCode: 101 },
      { statusCode: 600 },
      { statusCode: 200, body: { a: 1 } },
      { statusCode: 200, headers: 'x' },
      { statusCode: 200, headers: { 'x-list': ['a'] } },
      { statusCode: 200, headers: { 'x-split': 'a\r\nset-cookie: b=1' } },
      { statusCode: 200, headers: { 'not a name': 'a' } },
      { statusCode: 200, cookies: 'a=1' },
      { statusCode: 200, cookies: ['a=1\n'] },
    ]) {
      const { call } = await start(answer);
      const response = await call('/open');
      expect(response.status, JSON.stringify(answer)).to.equal(500);
      expect(await response.text()).to.equal('{"message":"Internal Server Error"}');
    }
  });
});
