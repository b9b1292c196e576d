import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { escapeMarkup } from '../../control/markup.ts';
import { BodyIncomplete, BodyTooLarge, listen, readBody } from '../../http/server.ts';
import { crc32Of, readObjectBody } from './body.ts';
import { notImplemented, preconditionFailed, S3Error } from './errors.ts';
import { createObjectStore, etagOf, type ObjectStore, removeUnfinished } from './object-store.ts';

/** S3 takes 5 GB in one piece; an execution's archive is a few hundred kilobytes. */
const BODY_LIMIT = 64 * 1024 * 1024;
const MAXIMUM_KEYS = 1000;
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export interface S3Options {
  /** Objects are kept in its folder `s3`. */
  readonly dataDir: string;
  readonly buckets: readonly string[];
  /** Default: any free port. */
  readonly port?: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
}

/** A running S3. */
export interface S3 {
  readonly port: number;
  /** For AWS_ENDPOINT_URL_S3; as it is an IP address, the SDK puts the bucket into the path. */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

interface Call {
  readonly request: IncomingMessage;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Starts an S3 that knows PutObject, GetObject, HeadObject and ListObjectsV2, with the bucket in the path. */
export async function startS3({ dataDir, buckets, port = 0, host }: S3Options): Promise<S3> {
  const folder = join(dataDir, 's3');
  await removeUnfinished(folder);
  const store = createObjectStore(folder, buckets);
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    serve(store, request).then(
      (answer) => send(request, response, answer),
      (error: unknown) => {
        if (error instanceof BodyIncomplete) return;
        sendError(request, response, asS3Error(error));
      },
    );
  });
  const address = await listen(server, port, host);
  return {
    ...address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(store: ObjectStore, request: IncomingMessage): Promise<Answer> {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const [, bucket = '', encodedKey = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const query = new URLSearchParams(search);
  const operation = query.get('x-id') ?? `${request.method} with ${search}`;
  const call = { request, bucket: decode(bucket), key: decode(encodedKey), query };
  query.delete('x-id');
  if (call.key === '') {
    if (request.method === 'GET' && query.get('list-type') === '2') return listObjects(store, call);
  } else if (query.size === 0) {
    if (request.method === 'PUT' && !('x-amz-copy-source' in request.headers)) return putObject(store, call);
    if (request.method === 'GET' || request.method === 'HEAD') return getObject(store, call);
  }
  throw notImplemented(operation);
}

async function putObject(store: ObjectStore, { request, bucket, key }: Call): Promise<Answer> {
  const { headers } = request;
  if ('if-match' in headers) throw notImplemented('If-Match');
  const condition = headers['if-none-match'];
  if (condition !== undefined && condition !== '*') throw notImplemented('If-None-Match with anything but *');
  const { content, checksums } = readObjectBody(headers, await readBody(request, BODY_LIMIT));
  await store.put(bucket, key, content, condition === '*');
  return { headers: { etag: etagOf(content), ...checksums } };
}

async function getObject(store: ObjectStore, { request, bucket, key }: Call): Promise<Answer> {
  const { headers } = request;
  if ('range' in headers) throw notImplemented('Range');
  const { content, lastModified } = await store.get(bucket, key);
  const etag = etagOf(content);
  if (headers['if-match'] !== undefined && headers['if-match'] !== etag) throw preconditionFailed();
  return {
    headers: {
      etag,
      'last-modified': lastModified.toUTCString(),
      'accept-ranges': 'none',
      'content-type': key.endsWith('.json') ? 'application/json' : 'binary/octet-stream',
      ...(headers['x-amz-checksum-mode'] === 'ENABLED' ? { 'x-amz-checksum-crc32': crc32Of(content) } : {}),
    },
    body: content,
  };
}

async function listObjects(store: ObjectStore, { bucket, query }: Call): Promise<Answer> {
  if (query.has('delimiter')) throw notImplemented('a delimiter');
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const limit = Math.min(readLimit(query.get('max-keys')), MAXIMUM_KEYS);
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const isAfter = (key: string) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
  const found = (await store.list(bucket, prefix)).filter(({ key }) => isAfter(key));
  const page = found.slice(0, limit);
  const isTruncated = page.length < found.length;
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const contents = await Promise.all(
    page.map(async ({ key, size, lastModified }) =>
      element('Contents', [
        element('Key', escapeMarkup(encode(key))),
        element('LastModified', lastModified.toISOString()),
        element('ETag', escapeMarkup(etagOf((await store.get(bucket, key)).content))),
        element('Size', String(size)),
        element('StorageClass', 'STANDARD'),
      ]),
    ),
  );
  const next = Buffer.from(page.at(-1)?.key ?? after).toString('base64url');
  return xml('ListBucketResult', [
    element('Name', escapeMarkup(bucket)),
    element('Prefix', escapeMarkup(encode(prefix))),
    element('MaxKeys', String(limit)),
    element('KeyCount', String(page.length)),
    element('IsTruncated', String(isTruncated)),
    ...(token === null ? [] : [element('ContinuationToken', escapeMarkup(token))]),
    ...(isTruncated ? [element('NextContinuationToken', next)] : []),
    ...(query.has('encoding-type') ? [element('EncodingType', 'url')] : []),
    ...contents,
  ]);
}

function readLimit(text: string | null): number {
  const limit = Number(text ?? MAXIMUM_KEYS);
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw new S3Error(400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

const element = (name: string, content: string | readonly string[]) =>
  `<${name}>${typeof content === 'string' ? content : content.join('')}</${name}>`;

function xml(root: string, content: readonly string[]): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${content.join('')}</${root}>`;
  return { headers: { 'content-type': 'application/xml' }, body };
}

function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof BodyTooLarge) {
    return new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  }
  return new S3Error(500, 'InternalError', error instanceof Error ? error.message : String(error));
}

function sendError(request: IncomingMessage, response: ServerResponse, error: S3Error): void {
  // Whatever of the body was not read yet must not be taken for the connection's next request.
  request.resume();
  const body = element('Error', [element('Code', error.code), element('Message', escapeMarkup(error.message))]);
  send(request, response, {
    status: error.status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  });
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status = 200, headers, body = '' }: Answer,
): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'x-amz-request-id': randomUUID(),
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(method === 'HEAD' ? undefined : body);
}
