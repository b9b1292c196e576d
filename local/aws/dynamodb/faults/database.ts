import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../../../http/server.ts';
import type { TableDescription } from '../../../terraform/stack-description.ts';
import { type AwsFaults, createDraw } from '../../aws-faults.ts';
import { type Answer, exceptionAnswer } from './answers.ts';
import { type Ask, IndexLag } from './index-lag.ts';
import { type Fields, fieldsOf, touchedItems } from './request.ts';
import { throttledAnswer } from './throttling.ts';
import { OngoingTransactions } from './transactions.ts';

export type DatabaseFaults = Pick<
  AwsFaults,
  'databaseHoldMs' | 'databaseThrottle' | 'databaseError' | 'indexLagMs' | 'seed'
>;

/** Milliseconds, of any epoch, and waiting. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface UnkindDatabaseOptions {
  /** Of dynoxide. */
  readonly url: string;
  readonly tables: readonly TableDescription[];
  readonly faults: DatabaseFaults;
  /** Tests bring their own time. */
  readonly clock?: Clock;
}

/** Stands in front of dynoxide. */
export interface UnkindDatabase {
  /** For AWS_ENDPOINT_URL_DYNAMODB. */
  readonly url: string;
  close(): Promise<void>;
}

/** Is one of the database's faults on? Without any, nobody needs the way through this process. */
export const hasDatabaseFaults = (faults: DatabaseFaults): boolean =>
  faults.databaseHoldMs > 0 || faults.databaseThrottle > 0 || faults.databaseError > 0 || faults.indexLagMs > 0;

/**
 * Does to a database what DynamoDB does and dynoxide does not: transactions that meet are cancelled, requests are throttled,
 * fail (before or after they were carried out), and indexes are behind their tables. See local/features.md.
 */
export async function startUnkindDatabase(options: UnkindDatabaseOptions): Promise<UnkindDatabase> {
  const { faults, clock = REAL_CLOCK } = options;
  const engine = createEngine(options.url);
  const draw = createDraw(`${faults.seed} database`);
  const happens = (what: string, share: number) => share > 0 && draw(what) < share;
  const tables = new Map(options.tables.map((table) => [table.name, table]));
  const transactions = new OngoingTransactions(() => clock.sleep((draw('hold') * faults.databaseHoldMs) / 2));
  const lag = new IndexLag({ now: clock.now, lagMs: () => draw('index lag') * faults.indexLagMs });

  async function answerTo(message: IncomingMessage): Promise<Answer> {
    const content = await readAll(message);
    const operation = String(message.headers['x-amz-target']).replace(/^.*\./, '');
    const body = fieldsOf(JSON.parse(content.toString()));
    const items = touchedItems(operation, body, tables);
    if (happens('throttle', faults.databaseThrottle)) return throttledAnswer(operation, items.length, draw);
    const fails = happens('error', faults.databaseError);
    // A 5xx says nothing about whether the request was carried out.
    if (fails && draw('error first') < 0.5) return INTERNAL_SERVER_ERROR;
    const ask: Ask = (internal, request) => engine.ask(message, internal, request);
    const forward = () => engine.send(message, operation, content);
    const carryOut = () => {
      if (faults.indexLagMs === 0) return forward();
      const table = tables.get(String(body.TableName));
      if (table !== undefined && body.IndexName !== undefined) return lag.query(operation, table, body, ask, forward);
      return lag.write(items, ask, forward);
    };
    const answer =
      faults.databaseHoldMs === 0 ? await carryOut() : await transactions.run(operation, body, items, carryOut);
    return fails ? INTERNAL_SERVER_ERROR : answer;
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, (message, response) => {
    answerTo(message).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      // The engine is gone, or the caller: like a connection that breaks.
      () => void message.socket.destroy(),
    );
  });
  const { url } = await listen(server, 0);
  return {
    url,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      engine.close();
    },
  };
}

export const REAL_CLOCK: Clock = { now: () => performance.now(), sleep };
const INTERNAL_SERVER_ERROR = exceptionAnswer('InternalServerError', 'Internal server error', 500);

/** What `buffer` of node:stream/consumers does by way of a Blob, which costs more than all the rest here. */
async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  return Buffer.concat(chunks);
}

/** Sends requests to dynoxide over connections that are kept. */
function createEngine(url: string) {
  const { hostname, port, host } = new URL(url);
  const agent = new Agent({ keepAlive: true });

  /** Sends a request as if it were the caller's: dynoxide wants a signature, though any will do. */
  async function send(message: IncomingMessage, operation: string, body: Buffer): Promise<Answer> {
    const outgoing = httpRequest({
      agent,
      host: hostname,
      port,
      method: 'POST',
      path: '/',
      headers: {
        ...message.headers,
        host,
        'content-length': body.length,
        'x-amz-target': `DynamoDB_20120810.${operation}`,
      },
    });
    outgoing.end(body);
    const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
    if (incoming === undefined) throw new Error('dynoxide gave no answer');
    return { status: incoming.statusCode ?? 500, headers: incoming.headers, body: await readAll(incoming) };
  }

  return {
    send,
    async ask(message: IncomingMessage, operation: string, request: Fields): Promise<Fields> {
      const { status, body } = await send(message, operation, Buffer.from(JSON.stringify(request)));
      if (status !== 200) throw new Error(`dynoxide refuses ${operation}: ${body}`);
      return fieldsOf(JSON.parse(String(body)));
    },
    close: () => agent.destroy(),
  };
}
