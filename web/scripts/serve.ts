/**
 * `node scripts/serve.ts`: serves web/dist with its headers on PORT (5173), and hands everything else to the local
 * stack at STACK_URL (http://127.0.0.1:3000).
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createPageHandler } from './page.ts';

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

function proxy(stackUrl: string, request: IncomingMessage, response: ServerResponse): void {
  const { host } = new URL(stackUrl);
  const forwarded = httpRequest(
    new URL(request.url ?? '/', stackUrl),
    { ...(request.method === undefined ? {} : { method: request.method }), headers: { ...request.headers, host } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  forwarded.on('error', () => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
  request.pipe(forwarded);
}

/** Serves the built page in front of a local stack. */
export async function startPageServer(stackUrl: string, port = 0): Promise<PageServer> {
  const page = createPageHandler(join(import.meta.dirname, '..', 'dist'), { apiUrl: '', auth: { kind: 'local' } });
  const server = createServer((request, response) => {
    page(request, response).then(
      (isAnswered) => {
        if (!isAnswered) proxy(stackUrl, request, response);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

if (import.meta.main) {
  const stackUrl = process.env.STACK_URL ?? 'http://127.0.0.1:3000';
  const { url } = await startPageServer(stackUrl, Number(process.env.PORT ?? 5173));
  console.log(`The page runs at ${url}, in front of ${stackUrl}`);
}
