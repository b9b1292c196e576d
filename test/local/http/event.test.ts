import { expect } from 'chai';
import { testGateways, token } from './gateway-testing.ts';
import { raw } from './testing.ts';

const ARN = 'arn:aws:states:ap-northeast-1:123456789012:execution:goal-activity-dev:goal-1-1';

describe('the event of the gateway', () => {
  const start = testGateways();

  it('gives the function the event of payload format 2.0', async () => {
    const { gateway, invocations } = await start();
    const { port } = gateway;
    const before = Date.now();
    const body = '{"title":"走る"}';
    const answer = await raw(port, {
      method: 'POST',
      path: '/api/goals?repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa&plus=a+b&encoded=a%2Bb&empty=',
      headers: {
        Host: 'api.example.com:8080',
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'User-Agent': 'test/1.0',
        'X-Probe': ['first', 'second'],
        Connection: 'keep-alive',
      },
      body,
    });
    expect(answer.status).to.equal(200);
    expect(invocations).to.have.length(1);
    const { functionName, event } = invocations[0] ?? {};
    expect(functionName).to.equal('goals');
    const { requestContext, ...rest } = event ?? {};
    expect(rest).to.deep.equal({
      version: '2.0',
      routeKey: 'POST /api/goals',
      rawPath: '/api/goals',
      rawQueryString: 'repeat=one&repeat=two&redirect=https%3A%2F%2Fexample.com%2Fa&plus=a+b&encoded=a%2Bb&empty=',
      headers: {
        authorization: `Bearer ${token}`,
        'content-length': String(Buffer.byteLength(body)),
        'content-type': 'application/json',
        host: 'api.example.com:8080',
        'user-agent': 'test/1.0',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': String(port),
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
      body,
      isBase64Encoded: false,
    });
    const { authorizer, requestId, time, timeEpoch, ...context } = requestContext ?? {};
    expect(context).to.deep.equal({
      accountId: '123456789012',
      apiId: 'local',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method: 'POST', path: '/api/goals', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test/1.0' },
      routeKey: 'POST /api/goals',
      stage: '$default',
    });
    expect(requestId).to.match(/^[\w+/]{15}=$/);
    expect(answer.headers['apigw-requestid']).to.equal(requestId);
    expect(timeEpoch).to.be.within(before, Date.now());
    expect(time).to.match(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(Date.parse(`${time?.slice(0, 11).replaceAll('/', ' ')} ${time?.slice(12)}`)).to.equal(
      Math.floor((timeEpoch ?? 0) / 1000) * 1000,
    );
    const claims = { sub: 'u', groups: '[a b]', exp: '1', ok: 'true', address: '{"city":"Kyoto"}' };
    expect(authorizer).to.deep.equal({ jwt: { claims, scopes: null } });
  });

  it('leaves out what a request does not have', async () => {
    const { call, invocations } = await start();
    await call('/open');
    const { event } = invocations[0] ?? {};
    expect(event).to.not.have.any.keys('body', 'queryStringParameters', 'pathParameters', 'stageVariables');
    expect(event?.requestContext).to.not.have.property('authorizer');
    expect(event).to.deep.include({ rawQueryString: '', isBase64Encoded: false });
    expect(event?.headers['content-length']).to.equal('0');
  });

  it('takes an execution ARN in the path, percent-encoded or not', async () => {
    const { call, invocations } = await start();
    for (const arn of [encodeURIComponent(ARN), ARN])
      expect((await call(`/api/workflows/${arn}/status`)).status).to.equal(200);
    for (const { event } of invocations) {
      expect(event.pathParameters).to.deep.equal({ executionArn: ARN });
      expect(event.rawPath).to.equal(`/api/workflows/${ARN}/status`);
    }
  });

  it('gives a body as text, where bytes that are not UTF-8 become U+FFFD, or in Base64, by its media type', async () => {
    const { gateway, invocations } = await start();
    const body = Buffer.from('{"a":"\xe9"}', 'latin1');
    const types = {
      'application/json; charset=utf-8': false,
      'text/csv': false,
      'application/problem+json': true,
      'application/x-www-form-urlencoded': true,
      '': true,
    };
    for (const [type, isBase64Encoded] of Object.entries(types)) {
      const headers = { authorization: token, ...(type === '' ? {} : { 'content-type': type }) };
      await raw(gateway.port, { method: 'POST', path: '/api/goals', headers, body });
      const expected = isBase64Encoded ? body.toString('base64') : '{"a":"\ufffd"}';
      expect(invocations.at(-1)?.event, type).to.deep.include({ isBase64Encoded, body: expected });
    }
  });
});
