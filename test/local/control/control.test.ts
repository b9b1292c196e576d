import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { type Bedrock, startBedrock } from '../../../local/aws/bedrock/bedrock.ts';
import { type Sns, startSns } from '../../../local/aws/sns/sns.ts';
import { createLocalIssuer, type LocalIssuer } from '../../../local/control/issuer.ts';
import { type Gateway, startGateway } from '../../../local/http/gateway.ts';

const TOPIC = {
  topicArn: 'arn:aws:sns:ap-northeast-1:123456789012:alerts',
  topicName: 'alerts',
  emails: ['a@example.com'],
};

describe('the local control calls', function () {
  this.timeout(10_000);
  let issuer: LocalIssuer;
  let bedrock: Bedrock;
  let sns: Sns;
  let gateway: Gateway;
  let down: string[] = [];

  before(async () => {
    issuer = await createLocalIssuer({ issuer: 'https://local', audience: 'goal-activity' });
    [bedrock, sns] = await Promise.all([startBedrock(), startSns({ topics: [TOPIC] })]);
    gateway = await startGateway({
      port: 0,
      routes: [{ routeKey: '$default', functionName: 'all', authorizer: false }],
      authorizer: issuer,
      invoke: async () => ({ statusCode: 200, body: 'a function' }),
      control: {
        token: (userId, expiresInSeconds) => issuer.issueToken(userId, expiresInSeconds),
        ai: { get: () => bedrock.settings(), put: (settings) => bedrock.configure(settings) },
        inbox: () => sns.messages(),
        health: async () => ({ down, stage: 'dev' }),
        metrics: () => ({ 'AWS/States': [{ metricName: 'ExecutionsStarted', sum: 2 }] }),
        alarms: () => [{ name: 'failure-rate', state: 'OK' }],
        expire: async (before) => ({ executions: before }),
      },
    });
  });

  after(() => Promise.all([gateway.close(), bedrock.close(), sns.close()]));

  async function call(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) {
    const { port } = gateway;
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: { host: `localhost:${port}`, ...headers },
    });
    request.end(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject);
    });
    const content = await text(response);
    const isJson = /json/.test(response.headers['content-type'] ?? '') && content !== '';
    const json: unknown = isJson ? JSON.parse(content) : undefined;
    return { status: response.statusCode ?? 0, headers: response.headers, content, json };
  }

  function expectProblem(answer: Awaited<ReturnType<typeof call>>, status: number, code: string): void {
    expect(answer.status, answer.content).to.equal(status);
    expect(answer.headers['content-type']).to.equal('application/problem+json');
    expect(answer.json).to.deep.include({ type: 'about:blank', status, code });
    expect(answer.json).to.have.property('title').that.is.a('string');
    expect(answer.json).to.have.property('detail').that.is.a('string');
  }

  it('POST /local/token gives a token of the user', async () => {
    const { status, json } = await call('POST', '/local/token', '{"userId":"ユーザー"}');
    expect(status).to.equal(200);
    expect(json).to.have.property('token');
    const { token } = Object.fromEntries(Object.entries(json ?? {}));
    const claims = await issuer.verify(String(token));
    expect(claims).to.have.property('sub', 'ユーザー');
    expect(Number(claims.exp) - Number(claims.iat)).to.equal(3600);
  });

  it('POST /local/token gives an expired token for a negative expiresInSeconds', async () => {
    const { json } = await call('POST', '/local/token', '{"userId":"u","expiresInSeconds":-5}');
    const { token } = Object.fromEntries(Object.entries(json ?? {}));
    const [, payload = ''] = String(token).split('.');
    const claims: Record<string, number> = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).to.equal(-5);
  });

  for (const [body, path] of [
    ['{}', '/userId'],
    ['{"userId":""}', '/userId'],
    ['{"userId":"  "}', '/userId'],
    ['{"userId":5}', '/userId'],
    [`{"userId":"${'x'.repeat(129)}"}`, '/userId'],
    ['{"userId":"\\ud800"}', '/userId'],
    ['{"userId":"a\\u0085"}', '/userId'],
    ['{"userId":"a\\u2028b"}', '/userId'],
    ['{"userId":"\\u200b"}', '/userId'],
    ['{"userId":"u","expiresInSeconds":"1"}', '/expiresInSeconds'],
    ['{"userId":"u","expiresInSeconds":1.5}', '/expiresInSeconds'],
    ['{"userId":"u","expiresInSeconds":1e300}', '/expiresInSeconds'],
    ['[]', ''],
    ['null', ''],
  ] as const) {
    it(`POST /local/token refuses ${body.slice(0, 60)}`, async () => {
      const answer = await call('POST', '/local/token', body);
      expectProblem(answer, 422, 'invalid_request');
      expect(answer.json).to.have.nested.property('errors[0].path', path);
    });
  }

  it('refuses a body that is not JSON, or too long', async () => {
    for (const body of ['', '{', '{"userId":"u"'])
      expectProblem(await call('POST', '/local/token', body), 400, 'invalid_json');
    expectProblem(await call('PUT', '/local/ai', '}'), 400, 'invalid_json');
    const latin1 = Buffer.from('{"userId":"caf\xe9"}', 'latin1');
    expectProblem(await call('POST', '/local/token', latin1), 400, 'invalid_json');
    expectProblem(await call('POST', '/local/token', ' '.repeat(70_000)), 413, 'body_too_large');
  });

  it('PUT /local/ai takes no name that every object inherits', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const refused = await call('PUT', '/local/ai', `{"${name}":{"seed":"7"}}`);
      expectProblem(refused, 422, 'invalid_request');
      expect(refused.json).to.have.property('detail').that.includes(`${name} is not a setting`);
    }
  });

  it('PUT /local/ai changes the mock, GET shows it, and a bad value changes nothing', async () => {
    const put = await call('PUT', '/local/ai', '{"latencyMs":"5-10","faults":{"throttle":0.25}}');
    expect(put.status).to.equal(200);
    expect(bedrock.settings()).to.deep.include({ latencyMs: '5-10' });
    const get = await call('GET', '/local/ai');
    expect(get.json).to.deep.equal(put.json);
    const bad = await call('PUT', '/local/ai', '{"latencyMs":1,"faults":{"throttle":7}}');
    expectProblem(bad, 422, 'invalid_request');
    expect(bad.json).to.have.property('detail').that.includes('faults.throttle');
    expect((await call('GET', '/local/ai')).json).to.deep.equal(put.json);
  });

  it('GET /local/inbox and GET /inbox show the messages', async () => {
    expect((await call('GET', '/inbox')).content).to.include('No messages yet.');
    const evil = '</pre><script>alert(1)</script><img src=x onerror="alert(2)">\'&';
    const attributes = { kind: { dataType: 'String', stringValue: '<i>timeout' } };
    sns.publish({ topicArn: TOPIC.topicArn, message: 'first', attributes });
    sns.publish({ topicArn: TOPIC.topicArn, subject: '<script>alert(3)</script>', message: evil });
    const { json } = await call('GET', '/local/inbox');
    expect(json).to.deep.equal(sns.messages());
    const page = await call('GET', '/inbox');
    expect(page.headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(page.content).to.include('&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.content).to.include('<dt>Attribute</dt><dd>kind: &lt;i&gt;timeout</dd>');
    expect(page.content).to.not.match(/<script|<img| onerror="/);
    expect(page.content.indexOf('alert(3)')).to.be.lessThan(page.content.indexOf('first</pre>'));
    const policy = String(page.headers['content-security-policy']);
    expect(policy).to.include("default-src 'none'").and.to.not.include('unsafe');
    expect(policy).to.not.include('script-src');
    const style = /<style>(.*)<\/style>/s.exec(page.content)?.[1] ?? '';
    expect(policy).to.include(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(page.headers['x-content-type-options']).to.equal('nosniff');
    expect(page.headers['cache-control']).to.equal('no-store');
  });

  it('GET /local/health says how the stack is, for any loopback name', async () => {
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:3000', '[::1]:3000', '[::1]']) {
      const answer = await call('GET', '/local/health', undefined, { host });
      expect(answer.json, host).to.deep.equal({ status: 'ok', down: [], stage: 'dev' });
    }
    expect((await call('HEAD', '/local/health')).status).to.equal(200);
  });

  it('GET /local/health is 503 with what is down', async () => {
    down = ['dynamodb'];
    try {
      const answer = await call('GET', '/local/health');
      expect(answer.status).to.equal(503);
      expect(answer.json).to.deep.equal({ status: 'down', down: ['dynamodb'], stage: 'dev' });
    } finally {
      down = [];
    }
  });

  it('GET /local/metrics and GET /local/alarms show what CloudWatch holds', async () => {
    const metrics = await call('GET', '/local/metrics');
    expect(metrics.json).to.deep.equal({ 'AWS/States': [{ metricName: 'ExecutionsStarted', sum: 2 }] });
    expect((await call('GET', '/local/alarms')).json).to.deep.equal([{ name: 'failure-rate', state: 'OK' }]);
  });

  it('POST /local/expire lets rows expire, and refuses what is no time', async () => {
    const answer = await call('POST', '/local/expire', '{"before":1900000000}');
    expect(answer.json).to.deep.equal({ expired: { executions: 1_900_000_000 } });
    for (const body of ['{}', '{"before":"1"}', '{"before":1.5}', '{"before":-1}', '{"before":1e300}']) {
      const refused = await call('POST', '/local/expire', body);
      expectProblem(refused, 422, 'invalid_request');
      expect(refused.json).to.have.nested.property('errors[0].path', '/before');
    }
  });

  it('refuses another Host on every control call (DNS rebinding), and leaves the API alone', async () => {
    for (const host of [
      'evil.example.com',
      'localhost.evil.com',
      '127.0.0.1.nip.io',
      '127.0.0.1:80@evil.com',
      '0.0.0.0',
      '[::2]',
    ]) {
      for (const [method, path, body] of [
        ['POST', '/local/token', '{"userId":"u"}'],
        ['GET', '/local/ai', undefined],
        ['PUT', '/local/ai', '{}'],
        ['GET', '/local/inbox', undefined],
        ['GET', '/inbox', undefined],
        ['GET', '/local/health', undefined],
        ['GET', '/local/metrics', undefined],
        ['GET', '/local/alarms', undefined],
        ['POST', '/local/expire', '{"before":1}'],
        ['GET', '/local/none', undefined],
      ] as const) {
        expectProblem(await call(method, path, body, { host }), 403, 'forbidden_host');
      }
    }
    expect((await call('GET', '/api/x', undefined, { host: 'evil.example.com' })).content).to.equal('a function');
  });

  it('refuses a request without a Host', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.end('GET /local/ai HTTP/1.0\r\n\r\n');
    expect(await text(socket)).to.match(/^HTTP\/1\.1 403 /);
  });

  it('refuses pages of other origins', async () => {
    for (const origin of ['https://evil.example.com', 'null', 'http://localhost.evil.com']) {
      expectProblem(await call('POST', '/local/token', '{"userId":"u"}', { origin }), 403, 'forbidden_origin');
    }
    expect((await call('POST', '/local/token', '{"userId":"u"}', { origin: 'http://localhost:5173' })).status).to.equal(
      200,
    );
  });

  it('answers 405 with the methods there are, and 404 for another control call', async () => {
    const answer = await call('DELETE', '/local/ai');
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.allow).to.equal('GET, PUT');
    expectProblem(await call('GET', '/local/token'), 405, 'method_not_allowed');
    expectProblem(await call('GET', '/local/other'), 404, 'not_found');
    expect((await call('GET', '/localx')).content).to.equal('a function');
  });
});
