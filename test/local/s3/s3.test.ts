import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { createS3 } from '../../../local/aws/s3/s3.ts';
import { failureOf } from '../../support/failure.ts';
import { clientConfig, useEndpoints } from '../aws/clients.ts';

const Bucket = 'goal-activity-dev-archive';
const Key = 'executions/goalId=a/date=2026-01-31/a-1.json';

describe('S3, with the SDK that the archiver uses', () => {
  const { start, onClose } = useEndpoints();
  let folder = '';
  let client: S3Client;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-s3-'));
    onClose(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, '.unfinished'));
    writeFileSync(join(folder, '.unfinished', 'half'), 'of an object whose writer was killed');
    client = new S3Client(clientConfig(await start({ s3: await createS3(folder, [Bucket]) })));
    onClose(() => client.destroy());
  });

  const put = (key: string, body: string, IfNoneMatch?: string) =>
    client.send(new PutObjectCommand({ Bucket, Key: key, Body: body, IfNoneMatch }));
  const get = async (key: string) =>
    (await client.send(new GetObjectCommand({ Bucket, Key: key }))).Body?.transformToString();
  const list = async (Prefix: string) =>
    (await client.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents?.map((content) => content.Key);

  it('stores an object as a file, gives it back with a checksum that the SDK verifies, and lists it', async () => {
    await put(Key, '{"a":"日本"}', '*');
    expect(readFileSync(join(folder, Bucket, Key), 'utf8')).to.equal('{"a":"日本"}');
    expect(await get(Key)).to.equal('{"a":"日本"}');
    await put(Key.replace('=a/', '=b/'), '{}', '*');
    expect(await list('executions/goalId=a')).to.deep.equal([Key]);
    expect(await list('')).to.have.length(2);
    expect(await list('none')).to.equal(undefined);
    expect(readdirSync(join(folder, '.unfinished'))).to.deep.equal([]);
  });

  it('lets one of many writers win, and changes nothing after it', async () => {
    const writers = Array.from({ length: 10 }, (_, index) => put(Key, String(index), '*'));
    const won = (await Promise.allSettled(writers)).flatMap(({ status }, index) =>
      status === 'fulfilled' ? [String(index)] : [],
    );
    expect(won).to.have.length(1);
    expect(await failureOf(put(Key, 'late', '*'))).to.have.property('name', 'PreconditionFailed');
    expect(await get(Key)).to.equal(won[0]);
  });

  it('says what is not there, and what it does not know', async () => {
    expect(await failureOf(get('gone.json'))).to.be.instanceOf(NoSuchKey);
    const gone = client.send(new ListObjectsV2Command({ Bucket: 'gone' }));
    expect(await failureOf(gone)).to.have.property('name', 'NoSuchBucket');
    for (const call of [
      put(Key, 'without a condition'),
      client.send(new DeleteObjectCommand({ Bucket, Key })),
      client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' })),
    ])
      expect(await failureOf(call)).to.have.property('name', 'NotImplemented');
  });

  it('takes no key that could lead out of the bucket', async () => {
    for (const key of ['../../secret', '/etc/passwd', 'a/../../b', 'a/..', '..', 'b//c', 'b/', '.hidden', 'ä', 'a\\b'])
      expect(await failureOf(put(key, '', '*')), key).to.have.property('name', 'NotImplemented');
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
