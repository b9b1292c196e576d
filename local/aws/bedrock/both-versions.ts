import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';

export type AnyRequest = IncomingMessage | Http2ServerRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse;

/** How a client with prior knowledge opens an HTTP/2 connection (RFC 9113, 3.4). */
const HTTP2_PREFACE = 'PRI ';

/**
 * A server that speaks HTTP/1.1 and cleartext HTTP/2 on one port, told apart by a connection's first bytes. The SDK's
 * Bedrock Runtime client speaks HTTP/2 unless it is given another request handler, the other AWS clients HTTP/1.1.
 */
export function createBothVersionsServer(handle: (request: AnyRequest, response: AnyResponse) => void): {
  server: Server;
  /** Ends every open connection, answered or not. */
  closeConnections: () => void;
} {
  const http1 = createHttp1Server({ keepAliveTimeout: 65_000 }, handle);
  const http2 = createHttp2Server(handle);
  const sockets = new Set<Socket>();
  // Without this a client that breaks off mid-request would end the process.
  http2.on('sessionError', () => undefined);

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const sort = (): void => {
      const first: unknown = socket.read();
      if (!Buffer.isBuffer(first)) {
        socket.once('readable', sort);
        return;
      }
      socket.unshift(first);
      const chosen = first.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE ? http2 : http1;
      chosen.emit('connection', socket);
    };
    socket.once('readable', sort);
  });
  return {
    server,
    closeConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
