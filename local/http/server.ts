import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';

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
  readonly port: number;
  readonly url: string;
}

export interface RunningServer extends Address {
  /** Stops, and ends every open connection, answered or not. */
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Starts an HTTP server.
 * @throws as {@link listen} does
 */
export async function startServer(handle: Handler, port = 0): Promise<RunningServer> {
  const server = createServer({ keepAliveTimeout: 65_000 }, handle);
  const address = await listen(server, port);
  return {
    ...address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Listens on `host`:`port` (0 takes any free port).
 * @throws Error with the code `port_in_use` that says how to choose another port
 */
export async function listen(server: Server, port: number, host = '127.0.0.1'): Promise<Address> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    const choose = `Choose another one, for example: PORT=${port < 65_535 ? port + 1 : 3000} make start`;
    const error = new Error(`Port ${port} on ${host} is already in use. ${choose}`, { cause });
    throw Object.assign(error, { code: 'port_in_use' });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`No TCP address for ${host}:${port}`);
  return { port: address.port, url: `http://${host}:${address.port}` };
}

/** Says whether a host, with a port or without, is this machine. */
export const isLoopback = (host: string | undefined): boolean =>
  host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);

/**
 * Lets programs of this machine alone pass. A page may reach a port of this machine: it is known by its Origin, or, if
 * it had the name of its own host pointed here (DNS rebinding), by that host.
 */
export const forPrograms =
  (handle: Handler): Handler =>
  (request, response) => {
    if (isLoopback(request.headers.host) && request.headers.origin === undefined) return handle(request, response);
    request.resume();
    response.writeHead(403).end();
  };

/**
 * Reads a whole request body of at most `limit` bytes. Over the limit it goes on reading and discarding, since a client
 * that still sends would see a reset instead of the answer.
 * @throws BodyTooLarge, BodyIncomplete
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(new BodyTooLarge(`The request body is longer than ${limit} bytes`));
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', (cause) => reject(new BodyIncomplete('The request ended early', { cause })));
    request.once('close', () => reject(new BodyIncomplete('The request ended early')));
  });
}
