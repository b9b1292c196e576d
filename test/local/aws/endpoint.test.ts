import { expect } from 'chai';
import type { AwsService } from '../../../local/aws/endpoint.ts';
import { signedFor, useEndpoints } from '../../support/stack/endpoints.ts';
import { raw } from '../http/testing.ts';

/** Answers with its name and the body that it got. */
const service = (name: string, changes: Partial<AwsService> = {}): AwsService => ({
  answer: ({ body }) => ({ body: `${name} got ${body}` }),
  refuse: ({ status, name: error, message }) => ({ status, body: `${error}: ${message}` }),
  ...changes,
});

describe('the endpoint of the AWS services', () => {
  const { start } = useEndpoints();
  const post = (url: string, of: string, body = '') => fetch(url, { method: 'POST', body, headers: signedFor(of) });

  it('finds the service in the scope of the signature, and serves nobody without one', async () => {
    const url = await start({ sns: service('SNS'), s3: service('S3') });
    expect(await (await post(url, 'sns', 'a')).text()).to.equal('SNS got a');
    for (const other of ['states', '__proto__']) expect((await post(url, other)).status).to.equal(403);
    expect((await fetch(url)).status).to.equal(403);
  });

  it('serves no page: neither one of another origin, nor one whose host was pointed here', async () => {
    const calls: unknown[] = [];
    const url = await start({ sns: service('SNS', { answer: () => ({ body: String(calls.push(1)) }) }) });
    const port = Number(new URL(url).port);
    const ask = (headers: Record<string, string>) =>
      raw(port, { method: 'POST', path: '/', headers: { ...signedFor('sns'), host: `127.0.0.1:${port}`, ...headers } });
    for (const headers of [
      { origin: 'https://evil.example.com' },
      { origin: 'null' },
      { origin: url },
      { host: 'evil.example.com' },
      { host: `localhost.evil.com:${port}` },
    ]) {
      const { status, headers: answered } = await ask(headers);
      expect(status, JSON.stringify(headers)).to.equal(403);
      expect(answered).not.to.have.property('access-control-allow-origin');
    }
    expect(calls).to.deep.equal([]);
    expect(await ask({})).to.deep.include({ status: 200, body: '1' });
  });
});
