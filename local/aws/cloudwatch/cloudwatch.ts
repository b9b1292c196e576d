import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BodyIncomplete, BodyTooLarge, listen, readBody } from '../../http/server.ts';
import { CloudWatchError } from './errors.ts';
import type { Measurement } from './metric-store.ts';
import { readPutMetricData } from './put-metric-data.ts';

/** CloudWatch takes 1 MB, compressed or not. */
const BODY_LIMIT = 1024 * 1024;
/** A thousand metrics with everything at its limit stay below this. */
const UNZIPPED_LIMIT = 64 * 1024 * 1024;

/** The protocol that the SDK's client speaks: AWS JSON 1.0, where CloudWatch's service has this name. */
const TARGET = 'GraniteServiceVersion20100801.';

export interface CloudWatchOptions {
  /** Gets what was put, checked. */
  readonly onData: (measurements: readonly Measurement[]) => void;
  /** Default: any free port. */
  readonly port?: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
}

/** A running CloudWatch endpoint. */
export interface CloudWatch {
  readonly port: number;
  /** For AWS_ENDPOINT_URL_CLOUDWATCH. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a CloudWatch that knows PutMetricData, over AWS JSON 1.0 with bodies that may be gzipped. */
export async function startCloudWatch({ onData, port = 0, host }: CloudWatchOptions): Promise<CloudWatch> {
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    serve(request).then(
      (measurements) => {
        onData(measurements);
        send(response, 200, {});
      },
      (error: unknown) => {
        if (error instanceof BodyIncomplete) return;
        sendError(response, asCloudWatchError(error));
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

async function serve(request: IncomingMessage): Promise<Measurement[]> {
  const body = await readBody(request, BODY_LIMIT);
  const target = String(request.headers['x-amz-target'] ?? '');
  if (request.method !== 'POST' || !target.startsWith(TARGET)) {
    throw new CloudWatchError(
      'UnknownOperationException',
      `The local CloudWatch speaks AWS JSON 1.0 alone: a POST with x-amz-target ${TARGET}PutMetricData`,
      404,
    );
  }
  const operation = target.slice(TARGET.length);
  if (operation !== 'PutMetricData') {
    throw new CloudWatchError('UnknownOperationException', `The local CloudWatch does not know ${operation}`, 404);
  }
  return readPutMetricData(parse(await unzip(request, body)), Date.now());
}

async function unzip(request: IncomingMessage, body: Buffer): Promise<Buffer> {
  if (request.headers['content-encoding'] !== 'gzip') return body;
  try {
    return await promisify(gunzip)(body, { maxOutputLength: UNZIPPED_LIMIT });
  } catch (cause) {
    throw new CloudWatchError('SerializationException', `The body is not gzip: ${String(cause)}`);
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new CloudWatchError('SerializationException', 'The body is not JSON');
  }
}

function asCloudWatchError(error: unknown): CloudWatchError {
  if (error instanceof CloudWatchError) return error;
  if (error instanceof BodyTooLarge) {
    return new CloudWatchError('RequestEntityTooLargeException', error.message, 413);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CloudWatchError('InternalServiceFault', message, 500);
}

function sendError(response: ServerResponse, { name, queryCode, status, message }: CloudWatchError): void {
  response.setHeader('x-amzn-query-error', `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}`);
  send(response, status, { __type: `com.amazonaws.cloudwatch#${name}`, message });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(body));
}
