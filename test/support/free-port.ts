import { once } from 'node:events';
import { createServer } from 'node:net';
import { listen } from '../../local/http/server.ts';

/** A port of 127.0.0.1 that nobody has now, for a program that cannot choose one by itself. */
export async function freePort(): Promise<string> {
  const server = createServer();
  const { port } = await listen(server, 0);
  server.close();
  await once(server, 'close');
  return String(port);
}
