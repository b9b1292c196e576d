import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
import { clientConfig, useEndpoints } from '../../support/stack/endpoints.ts';

const Bucket = 'goal-activity-dev-archive';
const Key = 'executions/goalId=a/date=2026-01-31/a-1.json';

/** That the archiver's objects get here is seen by test/integration/archive.test.ts. */
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

  it('lets one of many writers win, gives its object back and lists it, changes nothing after it, and leaves nothing half-written', async () => {
    const bodies = Array.from({ length: 10 }, (_, index) => `日本 ${index}`);
    const results = await Promise.allSettled(bodies.map((body) => put(Key, body, '*')));
    const won = bodies.filter((_, index) => results[index]?.status === 'fulfilled');
    expect(won).to.have.length(1);
    expect(await failureOf(put(Key, 'late', '*'))).to.have.property('name', 'PreconditionFailed');
    expect(await get(Key)).to.equal(won[0]);
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'executions/goalId=a/' }));
    expect(Contents.map((object) => object.Key)).to.deep.equal([Key]);
    expect(readdirSync(join(folder, '.unfinished'))).to.deep.equal([]);
  });

  it('says what is not there, and what it does not know, such as a key that could lead out of the bucket', async () => {
    expect(await failureOf(get('gone.json'))).to.be.instanceOf(NoSuchKey);
    const gone = client.send(new ListObjectsV2Command({ Bucket: 'gone' }));
    expect(await failureOf(gone)).to.have.property('name', 'NoSuchBucket');
    const keys = ['../../secret', '/etc/passwd', 'a/../../b', 'a/..', '..', 'b//c', 'b/', '.hidden', 'ä', 'a\\b'];
    for (const call of [
      ...keys.map((key) => () => put(key, 'secret', '*')),
      () => put(Key, 'without a condition'),
      () => client.send(new DeleteObjectCommand({ Bucket, Key })),
      () => client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' })),
    ])
      expect(await failureOf(call())).to.have.property('name', 'NotImplemented');
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
