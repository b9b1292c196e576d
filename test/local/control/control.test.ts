import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { createBedrock } from '../../../local/aws/bedrock/bedrock.ts';
import type { InboxMessage } from '../../../local/aws/sns/inbox.ts';
import { createControl } from '../../../local/control/control.ts';
import { type RunningServer, startServer } from '../../../local/http/server.ts';
import { raw } from '../http/testing.ts';

/** Tokens, health and metrics are asked for in tests of the whole stack. */
describe('the local control calls', () => {
  const bedrock = createBedrock();
  const messages: InboxMessage[] = [];
  let server: RunningServer;

  before(async () => {
    const control = createControl({
      issueToken: async (userId) => `token of ${userId}`,
      bedrock,
      sns: { messages: () => messages },
      health: async () => ({ down: [] }),
      cloudWatch: { metrics: () => ({}), alarms: () => [{ name: 'failure-rate', state: 'OK' }] },
      expiry: { expire: async (before) => ({ executions: before }) },
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

  const token = (body: string) => ['POST', '/local/token', body] as const;
  const latin1 = Buffer.from('{"userId":"caf\xe9"}', 'latin1');
  for (const [what, [method, path, body], status, code] of [
    ['no user', token('{}'), 422, 'invalid_request'],
    ['a user in two lines', token('{"userId":"a\\u2028b"}'), 422, 'invalid_request'],
    ['for ever', token('{"userId":"u","expiresInSeconds":1e300}'), 422, 'invalid_request'],
    ['a list', token('[]'), 422, 'invalid_request'],
    ['half a body', token('{"userId":"u"'), 400, 'invalid_json'],
    ['bytes that are not UTF-8', ['POST', '/local/token', latin1], 400, 'invalid_json'],
    ['a body of 70 kB', token(' '.repeat(70_000)), 413, 'body_too_large'],
    ['a setting that every object has', ['PUT', '/local/ai', '{"__proto__":{}}'], 422, 'invalid_request'],
    ['a time that is text', ['POST', '/local/expire', '{"before":"1"}'], 422, 'invalid_request'],
    ['another method', ['DELETE', '/local/ai', undefined], 405, 'method_not_allowed'],
    ['another call', ['GET', '/local/other', undefined], 404, 'not_found'],
  ] as const) {
    it(`refuse ${what}: ${code}`, async () => {
      const answer = await call(method, path, body);
      expect(answer.status, answer.body).to.equal(status);
      expect(answer.headers['content-type']).to.equal('application/problem+json');
      expect(answer.headers.allow).to.equal(status === 405 ? 'GET, PUT' : undefined);
      expect(answer.json).to.include({ type: 'about:blank', status, code }).and.to.include.keys('title', 'detail');
    });
  }

  it('change the mock of the AI and show it; a bad value changes nothing', async () => {
    const put = await call('PUT', '/local/ai', '{"latencyMs":"5-10","faults":{"throttle":0.25}}');
    expect(put.status).to.equal(200);
    expect(bedrock.settings()).to.deep.include({ latencyMs: '5-10' });
    const bad = await call('PUT', '/local/ai', '{"latencyMs":1,"faults":{"throttle":7}}');
    expect(bad.status).to.equal(422);
    expect(bad.json).to.have.property('detail').that.includes('faults.throttle');
    expect((await call('GET', '/local/ai')).json).to.deep.equal(put.json);
  });

  it('show the alarms, and let rows expire', async () => {
    expect((await call('GET', '/local/alarms')).json).to.deep.equal([{ name: 'failure-rate', state: 'OK' }]);
    const expired = await call('POST', '/local/expire', '{"before":1900000000}');
    expect(expired.json).to.deep.equal({ expired: { executions: 1_900_000_000 } });
  });

  it('show the messages, as a page of which nothing runs', async () => {
    expect((await call('GET', '/inbox')).body).to.include('No messages yet.');
    const evil = '</pre><script>alert(1)</script><img src=x onerror="alert(2)">\'&';
    const sent = { topicArn: 'a', topicName: 'alerts', timestamp: '2026-01-31T12:00:00.000Z', to: ['a@example.com'] };
    const attributes = { kind: '<i>timeout' };
    messages.push({ ...sent, messageId: '1', subject: null, message: 'first', attributes });
    messages.push({ ...sent, messageId: '2', subject: '<script>alert(3)', message: evil, attributes: {} });
    expect((await call('GET', '/local/inbox')).json).to.deep.equal(messages);
    const { body, headers } = await call('GET', '/inbox');
    expect(headers).to.include({ 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' });
    expect(body).to.include('&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body).to.include('<dt>Attribute</dt><dd>kind: &lt;i&gt;timeout</dd>');
    expect(body).to.not.match(/<script|<img| onerror="/);
    expect(body.indexOf('alert(3)')).to.be.below(body.indexOf('first</pre>'));
    const style = /<style>(.*)<\/style>/s.exec(body)?.[1] ?? '';
    expect(String(headers['content-security-policy']))
      .to.include("default-src 'none'")
      .and.to.include(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
      .and.to.not.match(/unsafe|script-src/);
  });

  it('refuse another Host (DNS rebinding) and pages of other origins, and leave the API alone', async () => {
    const names = ['token', 'ai', 'inbox', 'health', 'metrics', 'alarms', 'expire', 'none'];
    const evil = ['evil.example.com', 'localhost.evil.com', '127.0.0.1.nip.io', '127.0.0.1:80@evil.com', '[::2]'];
    const origins = ['https://evil.example.com', 'null', 'http://localhost.evil.com'];
    for (const headers of [...evil.map((host) => ({ host })), ...origins.map((origin) => ({ origin }))]) {
      for (const path of [...names.map((name) => `/local/${name}`), '/inbox']) {
        const { status, json } = await call('GET', path, undefined, headers);
        expect(status, `${path} ${JSON.stringify(headers)}`).to.equal(403);
        expect(json).to.have.property('code', 'host' in headers ? 'forbidden_host' : 'forbidden_origin');
      }
    }
    for (const headers of [{ host: '[::1]:3000' }, { host: 'LOCALHOST:1' }, { origin: 'http://localhost:5173' }])
      expect((await call('GET', '/local/health', undefined, headers)).status).to.equal(200);
    for (const path of ['/api/x', '/localx'])
      expect((await call('GET', path, undefined, { host: 'evil.example.com' })).body).to.equal('the API');
  });
});
