import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { NoAnswer, type Outages } from '../outages.ts';
import { ServiceError } from './errors.ts';

/** Answers one call; what it throws is answered as the service's error. */
export type Call = (operation: string, body: Readonly<Record<string, unknown>>) => object;

const TARGET_PREFIX = 'AWSStepFunctions.';
const MAX_BODY_BYTES = 1_048_576;

/** An HTTP server that speaks AWS JSON 1.0 for `AWSStepFunctions`. It checks no signature. */
export function createJsonServer(call: Call, outages: Outages | undefined): Server {
  return createServer((request, response) => {
    answer(call, outages, request)
      .then((body) => send(response, 200, body))
      .catch((error: unknown) => {
        if (error instanceof NoAnswer) request.socket.destroy();
        else sendError(response, error);
      });
  });
}

async function answer(call: Call, outages: Outages | undefined, request: IncomingMessage): Promise<object> {
  const target = request.headers['x-amz-target'];
  if (request.method !== 'POST' || typeof target !== 'string' || !target.startsWith(TARGET_PREFIX)) {
    throw new ServiceError('UnknownOperationException', 'Expected a POST with x-amz-target AWSStepFunctions.*', 404);
  }
  const body = parse(await read(request));
  const carryOut = () => call(target.slice(TARGET_PREFIX.length), body);
  return outages === undefined ? carryOut() : outages.meet(carryOut);
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES)
      throw new ServiceError('RequestEntityTooLargeException', 'The request is too large', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ServiceError('SerializationException', 'The body is not JSON');
  }
  if (!isObject(body)) throw new ServiceError('SerializationException', 'The body is not a JSON object');
  return body;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sendError(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
  if (known.statusCode === 413) response.setHeader('connection', 'close');
  send(response, known.statusCode, { __type: known.name, message: known.message });
}

function send(response: ServerResponse, statusCode: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(statusCode, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}
