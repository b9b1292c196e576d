import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { createClient } from '@goal-activity/core/aws/clients.ts';

export const BUCKET = 'goal-activity-dev-archive';

export interface BucketServer {
  /** For AWS_ENDPOINT_URL_S3. */
  readonly url: string;
  readonly client: S3Client;
  /** Bodies by key. */
  readonly objects: ReadonlyMap<string, string>;
  /** Status of every answer to a PutObject, oldest first. */
  readonly answers: readonly number[];
  /** Uploads under this key are refused with this status and code, until told otherwise. */
  refuse(key: string, status: number, code: string): void;
  accept(key: string): void;
  /** Answers take this long from now on. */
  answerAfter(milliseconds: number): void;
  close(): Promise<void>;
}

/** An S3 that knows PutObject of one bucket with `If-None-Match: *`, over HTTP, for the real client. */
export async function startBucketServer(): Promise<BucketServer> {
  const objects = new Map<string, string>();
  const answers: number[] = [];
  let pauseMs = 0;
  const refusals = new Map<string, { status: number; code: string }>();

  function put(key: string, body: string, onlyIfNew: boolean): { status: number; code: string } {
    const refusal = refusals.get(key);
    if (refusal !== undefined) return refusal;
    if (onlyIfNew && objects.has(key)) return { status: 412, code: 'PreconditionFailed' };
    objects.set(key, body);
    return { status: 200, code: '' };
  }

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://s3').pathname);
    const body = await text(request);
    const known = request.method === 'PUT' && path.startsWith(`/${BUCKET}/`);
    const { status, code } = known
      ? put(path.slice(BUCKET.length + 2), body, request.headers['if-none-match'] === '*')
      : { status: 404, code: 'NoSuchBucket' };
    await sleep(pauseMs);
    answers.push(status);
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(code === '' ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  const url = `http://127.0.0.1:${address.port}`;
  const client = createClient(S3Client, {
    endpoint: url,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    url,
    client,
    objects,
    answers,
    refuse: (key, status, code) => void refusals.set(key, { status, code }),
    accept: (key) => void refusals.delete(key),
    answerAfter: (milliseconds) => {
      pauseMs = milliseconds;
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
