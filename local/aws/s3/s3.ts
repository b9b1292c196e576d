import { createHash, randomUUID } from 'node:crypto';
import { globSync, statSync } from 'node:fs';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { escapeMarkup } from '../../control/markup.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService } from '../endpoint.ts';

/** A page of ListObjectsV2. */
const MOST_KEYS = 1000;
/** Holds what is being written: no bucket's name begins with a dot. */
const UNFINISHED = '.unfinished';

const notImplemented = (what: string) => new AwsError(501, 'NotImplemented', `The local S3 does not know ${what}`);

/**
 * Makes an S3 that knows what the archiver and its readers use: PutObject with `If-None-Match: *`, GetObject and
 * ListObjectsV2. Objects are files under the names of their keys.
 * @param folder holds a folder a bucket; what a kill left half-written there is removed
 */
export async function createS3(folder: string, buckets: readonly string[]): Promise<AwsService> {
  await rm(join(folder, UNFINISHED), { recursive: true, force: true });
  return {
    answer(call) {
      const { request, path, query } = call;
      // The endpoint is an IP address, so the SDK puts the bucket into the path.
      const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(path)) ?? [];
      const root = join(folder, bucket);
      if (!buckets.includes(bucket)) throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist');
      const operation = query.get('x-id') ?? (query.get('list-type') === '2' ? 'ListObjectsV2' : 'it');
      if (operation === 'ListObjectsV2' && request.method === 'GET' && key === '') return listObjects(root, query);
      // Others could mean something else to a file system: `..`, `%2F`, letters that differ in case of accents alone.
      if (!/^\w[\w.=-]*(\/\w[\w.=-]*)*$/.test(key)) throw notImplemented(`the key ${key}`);
      if (operation === 'PutObject' && request.method === 'PUT') return putObject(folder, join(root, key), call);
      if (operation === 'GetObject' && request.method === 'GET') return getObject(join(root, key));
      throw notImplemented(operation);
    },
    refuse: ({ status, code, message }) => ({
      status,
      ...xml(`<Error><Code>${code}</Code><Message>${escapeMarkup(message)}</Message></Error>`),
    }),
  };
}

/** Stores an object whole or not at all, and only when there is none: the file system decides who of many is first. */
async function putObject(folder: string, path: string, { request: { headers }, body }: AwsCall): Promise<AwsAnswer> {
  if (headers['if-none-match'] !== '*') throw notImplemented('a PutObject without If-None-Match: *');
  const temporary = join(folder, UNFINISHED, randomUUID());
  await mkdir(dirname(temporary), { recursive: true });
  try {
    const file = await open(temporary, 'wx', 0o600);
    await file.writeFile(body);
    await file.sync();
    await file.close();
    await mkdir(dirname(path), { recursive: true });
    await link(temporary, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    throw new AwsError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  } finally {
    await rm(temporary, { force: true });
  }
  return { headers: { etag: etagOf(body), 'x-amz-checksum-crc32': crc32Of(body) } };
}

async function getObject(path: string): Promise<AwsAnswer> {
  const body = await readFile(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.');
    throw error;
  });
  const type = path.endsWith('.json') ? 'application/json' : 'binary/octet-stream';
  return { headers: { etag: etagOf(body), 'content-type': type, 'x-amz-checksum-crc32': crc32Of(body) }, body };
}

/** Lists every object whose key begins with a prefix, in the order of their keys. */
function listObjects(root: string, query: URLSearchParams): AwsAnswer {
  if (query.has('delimiter') || query.has('continuation-token')) throw notImplemented('a delimiter or a second page');
  const prefix = query.get('prefix') ?? '';
  const keys = globSync('**/*.*', { cwd: root })
    .filter((key) => key.startsWith(prefix) && statSync(join(root, key)).isFile())
    .sort();
  if (keys.length > MOST_KEYS) throw notImplemented(`more than ${MOST_KEYS} objects of a prefix`);
  const contents = keys.map((key) => {
    const { size, mtime } = statSync(join(root, key));
    return `<Contents><Key>${key}</Key><LastModified>${mtime.toISOString()}</LastModified><Size>${size}</Size></Contents>`;
  });
  const count = `<KeyCount>${keys.length}</KeyCount><IsTruncated>false</IsTruncated>`;
  return xml(`<ListBucketResult>${count}${contents.join('')}</ListBucketResult>`);
}

const xml = (body: string) => ({
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const etagOf = (content: Buffer) => `"${createHash('md5').update(content).digest('hex')}"`;

/** The CRC-32 of content as `x-amz-checksum-crc32` has it: big-endian, in base64. */
function crc32Of(content: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString('base64');
}

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;
