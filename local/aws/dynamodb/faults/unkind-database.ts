import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { forPrograms, startServer } from '../../../http/server.ts';
import type { TableDescription } from '../../../terraform/stack-description.ts';
import { type AwsFaults, createDraw } from '../../aws-faults.ts';
import { type Answer, exceptionAnswer, throttledAnswer } from './answers.ts';
import { IndexLag } from './index-lag.ts';
import { type Fields, fieldsOf, touchedItems } from './request.ts';
import { OngoingTransactions } from './transactions.ts';

const FAULTS = ['databaseHoldMs', 'databaseThrottle', 'databaseError', 'indexLagMs'] as const;

export type DatabaseFaults = Pick<AwsFaults, (typeof FAULTS)[number] | 'seed'>;

export interface UnkindDatabaseOptions {
  /** Of dynoxide. */
  readonly url: string;
  readonly tables: readonly TableDescription[];
  readonly faults: DatabaseFaults;
  /** Tests bring their own time. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Is one of the database's faults on? Without any, nobody needs the way through this process. */
export const hasDatabaseFaults = (faults: DatabaseFaults): boolean => FAULTS.some((name) => faults[name] > 0);

const INTERNAL_SERVER_ERROR = exceptionAnswer('InternalServerError', 'Internal server error', 500);

/**
 * Does to a database what DynamoDB does and dynoxide does not: transactions that meet are cancelled, requests are throttled,
 * fail (before or after they were carried out), and indexes are behind their tables. See local/features.md.
 * @returns what stands in front of dynoxide, and is for AWS_ENDPOINT_URL_DYNAMODB
 */
export async function startUnkindDatabase(options: UnkindDatabaseOptions) {
  // What waits must not keep the process.
  const { url, faults, sleep: wait = (ms) => sleep(ms, undefined, { ref: false }) } = options;
  const engine = createEngine(url);
  const draw = createDraw(`${faults.seed} database`);
  const happens = (what: string, share: number) => share > 0 && draw(what) < share;
  const tables = new Map(options.tables.map((table) => [table.name, table]));
  const transactions = new OngoingTransactions(() => wait((draw('hold') * faults.databaseHoldMs) / 2));
  const lag = new IndexLag({
    url,
    ask: engine.ask,
    tables: faults.indexLagMs > 0 ? options.tables : [],
    lag: () => wait(draw('index lag') * faults.indexLagMs),
  });

  async function answerTo(message: IncomingMessage): Promise<Answer> {
    const content = await readAll(message);
    const operation = String(message.headers['x-amz-target']).replace(/^.*\./, '');
    const body = fieldsOf(JSON.parse(content.toString()));
    const items = touchedItems(operation, body, tables);
    if (happens('throttle', faults.databaseThrottle)) return throttledAnswer(operation, items.length, draw);
    const fails = happens('error', faults.databaseError);
    // A 5xx says nothing about whether the request was carried out.
    if (fails && draw('error first') < 0.5) return INTERNAL_SERVER_ERROR;
    const carryOut = async () => {
      const TableName = lag.tableFor(body);
      const isMoved = TableName !== body.TableName;
      const answer = await engine.send(operation, isMoved ? JSON.stringify({ ...body, TableName }) : content);
      if (answer.status === 200) lag.follow(items);
      return answer;
    };
    const answer =
      faults.databaseHoldMs === 0 ? await carryOut() : await transactions.run(operation, body, items, carryOut);
    return fails ? INTERNAL_SERVER_ERROR : answer;
  }

  await lag.start();
  const server = await startServer(
    forPrograms((message, response) => {
      answerTo(message).then(
        ({ status, headers, body }) => response.writeHead(status, headers).end(body),
        // The engine is gone, or the caller: like a connection that breaks.
        () => void message.socket.destroy(),
      );
    }),
  );
  return {
    url: server.url,
    async close() {
      await server.close();
      await lag.close();
      engine.close();
    },
  };
}

/** What `buffer` of node:stream/consumers does by way of a Blob, which costs more than all the rest here. */
async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  return Buffer.concat(chunks);
}

/** dynoxide wants a signature, though any will do. */
const SIGNED = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/** Sends requests to dynoxide over connections that are kept. */
function createEngine(url: string) {
  const agent = new Agent({ keepAlive: true });

  async function send(operation: string, body: Buffer | string): Promise<Answer> {
    const headers = {
      ...SIGNED,
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    };
    const outgoing = httpRequest(url, { agent, method: 'POST', headers });
    outgoing.end(body);
    const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
    if (incoming === undefined) throw new Error('dynoxide gave no answer');
    return { status: incoming.statusCode ?? 500, headers: incoming.headers, body: await readAll(incoming) };
  }

  return {
    send,
    async ask(operation: string, request: Fields): Promise<Fields> {
      const { status, body } = await send(operation, JSON.stringify(request));
      if (status !== 200) throw new Error(`dynoxide refuses ${operation}: ${body}`);
      return fieldsOf(JSON.parse(String(body)));
    },
    close: () => agent.destroy(),
  };
}
