import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  BodyIncomplete,
  BodyTooLarge,
  forPrograms,
  type RunningServer,
  readBody,
  startServer,
} from '../http/server.ts';
import { NoAnswer } from './outages.ts';

/** Far above what the application sends, the longest of which are the objects of the archive. */
const BODY_LIMIT = 64 * 1024 * 1024;

/** What a service refuses a call with. */
export class AwsError extends Error {
  /** The SDK names its exception so. */
  override readonly name: string;
  readonly status: number;
  /** What stands for the name in XML. */
  readonly code: string;
  /** For the header `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    name: string,
    message: string,
    {
      code = name,
      retryAfterSeconds,
    }: { readonly code?: string; readonly retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message);
    this.name = name;
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A call with its whole body. */
export interface AwsCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Of the path alone, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** What a service answers; without a status it is 200. */
export interface AwsAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** A service behind the endpoint. */
export interface AwsService {
  /**
   * Answers a call; undefined when it has ended the connection itself.
   * @throws AwsError for a call that it refuses, NoAnswer to break the connection off
   */
  answer(call: AwsCall): AwsAnswer | undefined | Promise<AwsAnswer | undefined>;
  /** The answer that tells of an error in the service's protocol. */
  refuse(error: AwsError, requestId: string): AwsAnswer;
}

/** An answer in AWS JSON 1.0, and one that tells of an error. */
export const jsonAnswer = (body: object, status = 200) => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(body),
});
export const jsonError = ({ name, status, message }: AwsError) => jsonAnswer({ __type: name, message }, status);

/** The services by the names that requests are signed for. */
export type AwsServices = Readonly<Record<string, AwsService>>;

/**
 * Starts the one address of the services, for programs of this machine alone. A request names its service where AWS
 * finds it, in the scope of its signature; the signature itself is not checked.
 * @param port 0 takes any free one
 */
export const startEndpoint = (services: AwsServices, port = 0): Promise<RunningServer> =>
  startServer(
    forPrograms((request, response) => {
      const name = /Credential=[^/]+\/\d+\/[^/]+\/([\w-]+)\//.exec(request.headers.authorization ?? '')?.[1];
      const service = name !== undefined && Object.hasOwn(services, name) ? services[name] : undefined;
      if (service !== undefined) return void serve(service, request, response);
      request.resume();
      response.writeHead(403, { 'x-amzn-errortype': 'MissingAuthenticationTokenException' }).end();
    }),
    port,
  );

async function serve(service: AwsService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  try {
    const body = await readBody(request, BODY_LIMIT);
    const [path = '', search = ''] = (request.url ?? '').split('?', 2);
    const call = { request, response, requestId, path, query: new URLSearchParams(search), body };
    const answer = await service.answer(call);
    if (answer !== undefined) send(request, response, requestId, answer);
  } catch (error) {
    if (error instanceof BodyIncomplete) return;
    if (error instanceof NoAnswer) return void request.socket.destroy();
    send(request, response, requestId, service.refuse(asAwsError(error), requestId));
  }
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof BodyTooLarge) return new AwsError(413, 'RequestEntityTooLargeException', error.message);
  return new AwsError(500, 'InternalError', error instanceof Error ? error.message : String(error));
}

function send(request: IncomingMessage, response: ServerResponse, requestId: string, answer: AwsAnswer): void {
  // Whatever of the body was not read yet must not be taken for the connection's next request.
  request.resume();
  if (response.destroyed) return;
  const { status = 200, headers, body = '' } = answer;
  const length = Buffer.byteLength(body);
  response.writeHead(status, { 'x-amzn-requestid': requestId, ...headers, 'content-length': length });
  response.end(request.method === 'HEAD' ? undefined : body);
}
