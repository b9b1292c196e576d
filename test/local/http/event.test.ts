import { expect } from 'chai';
import { testGateways, token } from './gateway-testing.ts';
import { raw } from './testing.ts';

/** What a function is given that no test of the API would notice. */
describe('the event of the gateway', () => {
  const start = testGateways();

  it('joins what repeats with a comma, decodes the query, writes claims as strings, and is of payload format 2.0', async () => {
    const { gateway, invocations } = await start();
    const query = 'repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa&plus=a+b&encoded=a%2Bb&empty=';
    const headers = {
      Host: 'api.example.com:8080',
      Authorization: `Bearer ${token}`,
      'User-Agent': 'test/1.0',
      'X-Probe': ['first', 'second'],
      Connection: 'close',
    };
    const answer = await raw(gateway.port, { path: `/api/goals?${query}`, headers });
    const { requestContext, ...event } = invocations[0]?.event ?? {};
    expect(event).to.deep.equal({
      version: '2.0',
      routeKey: 'GET /api/goals',
      rawPath: '/api/goals',
      rawQueryString: query,
      headers: {
        authorization: `Bearer ${token}`,
        connection: 'close',
        'content-length': '0',
        host: 'api.example.com:8080',
        'user-agent': 'test/1.0',
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
    const { authorizer, requestId, time, ...context } = requestContext ?? {};
    expect(context).to.deep.include({
      domainName: 'api.example.com',
      http: { method: 'GET', path: '/api/goals', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test/1.0' },
    });
    const claims = { sub: 'u', groups: '[a b]', exp: '1', ok: 'true', address: '{"city":"Kyoto"}' };
    expect(authorizer).to.deep.equal({ jwt: { claims, scopes: null } });
    expect(requestId).to.match(/^[\w+/]{15}=$/);
    expect(answer.headers['apigw-requestid']).to.equal(requestId);
    expect(time).to.match(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  });
});
