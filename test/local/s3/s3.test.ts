import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { type S3, startS3 } from '../../../local/aws/s3/s3.ts';
import { failureOf } from '../../support/failure.ts';

const Bucket = 'goal-activity-dev-archive';
const Key = 'executions/goalId=a/date=2026-01-31/a-1.json';

const ignore = () => undefined;

describe('the S3 endpoint, with the SDK that the Lambdas use', () => {
  let dataDir = '';
  let s3: S3;
  let client: S3Client;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-s3-'));
    s3 = await startS3({ dataDir, buckets: [Bucket, 'other-bucket'] });
    // As a Lambda's client: the endpoint comes from AWS_ENDPOINT_URL_S3, and nothing asks for the bucket in the path.
    client = new S3Client({
      endpoint: s3.url,
      region: 'ap-northeast-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      // It warns of bodies that cannot be sent again.
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
  });
  afterEach(async () => {
    client.destroy();
    await s3.close();
    rmSync(dataDir, { recursive: true });
  });

  const put = (key: string, body: string, options: { IfNoneMatch?: string } = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ...options }));
  const get = async (key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
    return Body?.transformToString();
  };

  it('stores an object as a file, and gives it back with a checksum that the SDK verifies', async () => {
    const { ETag } = await put(Key, '{"a":"日本"}');
    expect(readFileSync(join(dataDir, 's3', Bucket, Key), 'utf8')).to.equal('{"a":"日本"}');
    const answer = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await answer.Body?.transformToString()).to.equal('{"a":"日本"}');
    expect(answer).to.include({ ETag, ContentType: 'application/json', ContentLength: 14 });
    expect(answer.ChecksumCRC32).to.be.a('string');
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).to.include({ ETag, ContentLength: 14 });
    expect(Math.abs(Date.now() - (head.LastModified?.getTime() ?? 0))).to.be.below(5000);
    expect(existsSync(join(dataDir, 's3', '.unfinished'))).to.equal(true);
    expect(readdirSync(join(dataDir, 's3', '.unfinished'))).to.deep.equal([]);
  });

  it('takes a body that the SDK sends in chunks with its checksum behind them', async () => {
    const Body = Readable.from([Buffer.alloc(70_000, 'a'), Buffer.from('end')]);
    await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: 70_003 }));
    expect(await get(Key)).to.equal(`${'a'.repeat(70_000)}end`);
  });

  it('writes once with If-None-Match: the second gets a 412 and changes nothing', async () => {
    await put(Key, 'first', { IfNoneMatch: '*' });
    const { ino } = statSync(join(dataDir, 's3', Bucket, Key));
    const failure = await failureOf(put(Key, 'second', { IfNoneMatch: '*' }));
    expect(failure).to.have.property('name', 'PreconditionFailed');
    expect(failure).to.have.nested.property('$metadata.httpStatusCode', 412);
    expect(await get(Key)).to.equal('first');
    expect(statSync(join(dataDir, 's3', Bucket, Key)).ino).to.equal(ino);
    await put(Key, 'third');
    expect(await get(Key)).to.equal('third');
  });

  it('lets one of many writers with If-None-Match win', async () => {
    const writers = Array.from({ length: 10 }, (_, index) => put(Key, String(index), { IfNoneMatch: '*' }));
    const won = (await Promise.allSettled(writers)).map(({ status }, index) => (status === 'fulfilled' ? index : []));
    expect(won.flat()).to.have.length(1);
    expect(await get(Key)).to.equal(String(won.flat()[0]));
  });

  it('says what is not there', async () => {
    expect(await failureOf(get('gone'))).to.be.instanceOf(NoSuchKey);
    expect(await failureOf(client.send(new HeadObjectCommand({ Bucket, Key: 'gone' })))).to.be.instanceOf(NotFound);
    const noBucket = failureOf(client.send(new PutObjectCommand({ Bucket: 'gone', Key, Body: '' })));
    expect(await noBucket).to.have.property('name', 'NoSuchBucket');
    const noList = failureOf(client.send(new ListObjectsV2Command({ Bucket: 'gone' })));
    expect(await noList).to.have.property('name', 'NoSuchBucket');
  });

  it('lists by prefix, in the order of the keys, page by page', async () => {
    const keys = ['b', 'a/2', 'a/10', 'a/&<日本> +', 'a/1', 'a!'];
    for (const key of keys) await put(key, key);
    writeFileSync(join(dataDir, 's3', Bucket, 'somebody else’s'), '');
    const found: (string | undefined)[] = [];
    const pages = paginateListObjectsV2({ client, pageSize: 2 }, { Bucket, Prefix: 'a/' });
    for await (const { Contents = [], KeyCount } of pages) {
      expect(KeyCount).to.equal(Contents.length).and.to.be.at.most(2);
      found.push(...Contents.map((content) => content.Key));
    }
    expect(found).to.deep.equal(['a/&<日本> +', 'a/1', 'a/10', 'a/2']);
    const all = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(all).to.include({ KeyCount: 6, IsTruncated: false });
    expect(all.Contents?.[0]).to.deep.include({ Key: 'a!', Size: 2 });
    const after = await client.send(new ListObjectsV2Command({ Bucket, StartAfter: 'a/2' }));
    expect(after.Contents?.map((content) => content.Key)).to.deep.equal(['b']);
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'other-bucket' }))).KeyCount).to.equal(0);
  });

  it('keeps keys that look like paths within the bucket', async () => {
    writeFileSync(join(dataDir, 'secret'), 'secret');
    for (const key of ['../../secret', '/etc/passwd', 'a/../../../../secret', 'x/..', 'b//c', 'b/c/']) {
      expect(await failureOf(get(key)), key).to.have.property('name', 'NoSuchKey');
      await put(key, key);
      expect(await get(key), key).to.equal(key);
    }
    expect(readFileSync(join(dataDir, 'secret'), 'utf8')).to.equal('secret');
    expect(readdirSync(dataDir)).to.have.members(['s3', 'secret']);
    // fetch() would resolve the dots itself.
    const [answer]: IncomingMessage[] = await once(
      httpGet({ host: '127.0.0.1', port: s3.port, path: `/${Bucket}/../%2e%2e/../secret` }),
      'response',
    );
    answer?.resume();
    expect(answer?.statusCode).to.equal(404);
  });

  it('refuses a key that would be a folder of another one', async () => {
    await put('a', '');
    expect((await failureOf(put('a/b', ''))).message).to.include('cannot be the folder of another');
    await put('c/d', '');
    for (const options of [{}, { IfNoneMatch: '*' }]) {
      expect(await failureOf(put('c', '', options))).to.have.property('name', 'InvalidArgument');
    }
  });

  it('names what it does not know', async () => {
    const calls = [
      client.send(new DeleteObjectCommand({ Bucket, Key })),
      client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/a` })),
      client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' })),
    ];
    const failures = await Promise.all(calls.map(failureOf));
    for (const failure of failures) expect(failure).to.have.property('name', 'NotImplemented');
    expect(failures[0]?.message).to.include('DeleteObject');
  });

  it('removes at its start what a kill left half-written, and keeps the rest', async () => {
    await put(Key, 'kept');
    await s3.close();
    mkdirSync(join(dataDir, 's3', '.unfinished'), { recursive: true });
    writeFileSync(join(dataDir, 's3', '.unfinished', 'half'), 'ha');
    const next = await startS3({ dataDir, buckets: [Bucket] });
    expect(existsSync(join(dataDir, 's3', '.unfinished', 'half'))).to.equal(false);
    const answer = await fetch(`${next.url}/${Bucket}/${Key}`);
    expect(await answer.text()).to.equal('kept');
    await next.close();
  });
});
