import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/build/bundle.ts';
import { useDataDir } from '../support/data-dir.ts';

const run = promisify(execFile);

/** The bundles of files in bundled/, each made once. */
const bundles = new Map<string, Promise<string>>();
const folder = useDataDir();

async function bundle(name: string, hasReplacements: boolean): Promise<string> {
  const { plugins, ...options } = bundleOptions('');
  const outfile = join(folder(), `${name}-${hasReplacements}.cjs`);
  const entryPoints = [join(import.meta.dirname, 'bundled', name)];
  await build({ ...options, entryPoints, outfile, write: true, plugins: hasReplacements ? plugins : [] });
  return outfile;
}

/** What a file in bundled/ prints once it is bundled, line by line. */
async function printed(name: string, hasReplacements: boolean, variables: object = {}): Promise<string[]> {
  const key = `${name} ${hasReplacements}`;
  const made = bundles.get(key) ?? bundle(name, hasReplacements);
  bundles.set(key, made);
  const lambda = { AWS_REGION: 'ap-northeast-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const { stdout } = await run(process.execPath, [await made], { env: { ...lambda, HOME: folder(), ...variables } });
  return stdout.trim().split('\n');
}

const PUBLISHED = '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';
const CANCELED = {
  __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
  message: 'm',
  CancellationReasons: [{ Code: 'ConditionalCheckFailed', Message: 'é' }, { Code: 'None' }],
};

describe('what stands in for modules of packages', function () {
  this.timeout(300_000);
  const requests: object[] = [];
  let answer = { status: 200, json: {}, xml: '' };
  const server = createServer(async (request, response) => {
    const { authorization = '', date: _, 'amz-sdk-invocation-id': __, 'x-amz-date': ___, ...headers } = request.headers;
    const { method, url } = request;
    // The signature itself differs with the time.
    const signed = authorization.replace(/\/\d{8}\/|Signature=.*/g, '');
    requests.push({ method, url, headers, signed, body: await text(request) });
    const isXml = /\/(s3|sns)\//.test(authorization);
    response.writeHead(answer.status, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.0' });
    response.end(isXml ? answer.xml : JSON.stringify(answer.json));
  });
  const variables = { AWS_ENDPOINT_URL: '' };
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    variables.AWS_ENDPOINT_URL = `http://127.0.0.1:${Object(server.address()).port}`;
  });
  after(() => void server.close());

  for (const [what, given] of [
    [
      'an answer',
      { status: 200, json: { Items: [{ a: { N: '1' } }], startDate: 1.5, output: { message: {} } }, xml: PUBLISHED },
    ],
    ['a refusal', { status: 400, json: CANCELED, xml: '<Error><Code>NoSuchBucket</Code><Message>é</Message></Error>' }],
    ['a fault', { status: 503, json: { __type: 'ServiceUnavailable' }, xml: '' }],
  ] as const) {
    it(`changes no request of any client, and nothing that becomes of ${what}`, async () => {
      answer = given;
      const both = [];
      for (const hasReplacements of [false, true]) {
        const outcomes = await printed('calls.ts', hasReplacements, variables);
        both.push({ requests: requests.splice(0), outcomes: outcomes.map((line) => JSON.parse(line)) });
      }
      const [whole, replaced] = both;
      expect(whole?.requests).to.have.length(7);
      expect(replaced).to.deep.equal(whole);
    });
  }

  it('changes nothing of the log', async () => {
    const lines = async (hasReplacements: boolean) =>
      (await printed('lines.ts', hasReplacements)).map((line) => ({ ...JSON.parse(line), timestamp: undefined }));
    const whole = await lines(false);
    expect(whole).to.have.length(3);
    expect(await lines(true)).to.deep.equal(whole);
  });
});
