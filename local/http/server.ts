import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Server } from 'node:net';

/** An error whose `code` is stable, for callers that tell causes apart. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: 'port_in_use' | 'port_not_allowed';

  constructor(code: ListenError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** A request body longer than the reader's limit. The rest of the body is thrown away as it arrives. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The client went away before its body was complete: nobody is there to answer. */
export class BodyIncomplete extends Error {
  override readonly name = 'BodyIncomplete';
}

/** Where a server answers. */
export interface Address {
  port: number;
  url: string;
}

/**
 * Listens on `host`:`port` (0 takes any free port).
 * Rejects with a `ListenError` that says how to choose another port when this one cannot be had.
 */
export async function listen(server: Server, port: number, host = '127.0.0.1'): Promise<Address> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw asListenError(error, port, host);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`No TCP address for ${host}:${port}`);
  const shownHost = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host;
  return { port: address.port, url: `http://${shownHost}:${address.port}` };
}

function asListenError(error: unknown, port: number, host: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const other = port < 65_535 ? Math.max(port + 1, 3001) : 3000;
  const choose = `Choose another one, for example: PORT=${other} make start`;
  if (code === 'EADDRINUSE') {
    return new ListenError('port_in_use', `Port ${port} on ${host} is already in use. ${choose}`, error);
  }
  if (code === 'EACCES') {
    return new ListenError(
      'port_not_allowed',
      `Port ${port} on ${host} needs more rights than we have. ${choose}`,
      error,
    );
  }
  return error;
}

/**
 * Reads a whole request body of at most `limit` bytes.
 * Over the limit it rejects with `BodyTooLarge` at once but keeps reading and discarding, because closing the
 * connection under a client that still sends makes it see a reset instead of the answer.
 */
export function readBody(request: IncomingMessage | Http2ServerRequest, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(new BodyTooLarge(`The request body is longer than ${limit} bytes`));
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', (error) => reject(new BodyIncomplete('The request ended early', { cause: error })));
    request.once('close', () => reject(new BodyIncomplete('The request ended early')));
  });
}
