import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { createBedrock } from '../../../local/aws/bedrock/bedrock.ts';
import type { InboxMessage } from '../../../local/aws/sns/inbox.ts';
import { createControl } from '../../../local/control/control.ts';
import { type RunningServer, startServer } from '../../../local/http/server.ts';
import { raw } from '../http/testing.ts';

describe('the local control calls', () => {
  const bedrock = createBedrock();
  const messages: InboxMessage[] = [];
  const tokens: unknown[] = [];
  let server: RunningServer;
  let down: string[] = [];

  before(async () => {
    const control = createControl({
      token: async (...asked) => `token ${tokens.push(asked)}`,
      ai: { get: () => bedrock.settings(), put: (settings) => bedrock.configure(settings) },
      inbox: () => messages,
      health: async () => ({ down, stage: 'dev' }),
      metrics: () => ({ 'AWS/States': [{ metricName: 'ExecutionsStarted', sum: 2 }] }),
      alarms: () => [{ name: 'failure-rate', state: 'OK' }],
      expire: async (before) => ({ executions: before }),
    });
    server = await startServer((request, response) => {
      void control(request, response, request.url ?? '').then((isControl) => isControl || response.end('the API'));
    });
  });
  after(() => server.close());

  async function call(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) {
    const host = `localhost:${server.port}`;
    const answer = await raw(server.port, { method, path, body, headers: { host, ...headers } });
    const isJson = /json/.test(answer.headers['content-type'] ?? '') && answer.body !== '';
    const json: unknown = isJson ? JSON.parse(answer.body) : undefined;
    return { ...answer, json };
  }

  function expectProblem(answer: Awaited<ReturnType<typeof call>>, status: number, code: string): void {
    expect(answer.status, answer.body).to.equal(status);
    expect(answer.headers['content-type']).to.equal('application/problem+json');
    expect(answer.json).to.deep.include({ type: 'about:blank', status, code });
    expect(answer.json).to.have.property('title').that.is.a('string');
    expect(answer.json).to.have.property('detail').that.is.a('string');
  }

  it('POST /local/token gives a token of the user, for as long as is asked', async () => {
    expect((await call('POST', '/local/token', '{"userId":"ユーザー"}')).json).to.deep.equal({ token: 'token 1' });
    await call('POST', '/local/token', '{"userId":"u","expiresInSeconds":-5}');
    expect(tokens).to.deep.equal([
      ['ユーザー', undefined],
      ['u', -5],
    ]);
  });

  for (const [body, path] of [
    ['{}', '/userId'],
    ['{"userId":""}', '/userId'],
    [`{"userId":"${'x'.repeat(129)}"}`, '/userId'],
    ['{"userId":"\\ud800"}', '/userId'],
    ['{"userId":"a\\u2028b"}', '/userId'],
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

  it('GET /local/inbox and GET /inbox show the messages, of which nothing runs', async () => {
    expect((await call('GET', '/inbox')).body).to.include('No messages yet.');
    const evil = '</pre><script>alert(1)</script><img src=x onerror="alert(2)">\'&';
    const sent = { topicArn: 'a', topicName: 'alerts', timestamp: '2026-01-31T12:00:00.000Z', to: ['a@example.com'] };
    const attributes = { kind: '<i>timeout' };
    messages.push({ ...sent, messageId: '1', subject: null, message: 'first', attributes });
    messages.push({ ...sent, messageId: '2', subject: '<script>alert(3)', message: evil, attributes: {} });
    expect((await call('GET', '/local/inbox')).json).to.deep.equal(messages);
    const { body, headers } = await call('GET', '/inbox');
    expect(headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(body).to.include('&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body).to.include('<dt>Attribute</dt><dd>kind: &lt;i&gt;timeout</dd>');
    expect(body).to.not.match(/<script|<img| onerror="/);
    expect(body.indexOf('alert(3)')).to.be.below(body.indexOf('first</pre>'));
    const policy = String(headers['content-security-policy']);
    expect(policy)
      .to.include("default-src 'none'")
      .and.to.not.match(/unsafe|script-src/);
    const style = /<style>(.*)<\/style>/s.exec(body)?.[1] ?? '';
    expect(policy).to.include(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(headers).to.include({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
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
    expect((await call('GET', '/api/x', undefined, { host: 'evil.example.com' })).body).to.equal('the API');
  });

  it('refuses a request without a Host', async () => {
    const socket = connect(server.port, '127.0.0.1');
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
    expect((await call('GET', '/localx')).body).to.equal('the API');
  });
});
