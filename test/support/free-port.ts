import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that Linux (from 32768) and macOS (from 49152) give to connections and to servers that ask for any port. */
const RANGE = { from: 20_000, to: 32_000 } as const;

/**
 * A free port of 127.0.0.1, for a program that cannot choose one by itself. The tests that run beside this one take no port of
 * this range by accident, so it is still free when the program starts, and free again once it has ended.
 */
export async function freePort(): Promise<string> {
  for (;;) {
    const port = RANGE.from + Math.floor(Math.random() * (RANGE.to - RANGE.from));
    const server = createServer();
    const outcome = await new Promise<unknown>((resolve) => {
      server.once('error', resolve);
      server.listen(port, '127.0.0.1', () => resolve(undefined));
    });
    if (outcome !== undefined) continue;
    server.close();
    await once(server, 'close');
    return String(port);
  }
}
