import { request } from 'node:http';
import { json, text } from 'node:stream/consumers';
import { startServer } from '../../../../local/http/server.ts';
import { isRecord } from '../../../../local/settings.ts';

/** A request of a Lambda to DynamoDB. */
export interface CountedRequest {
  readonly lambdaName: string;
  readonly operation: string;
  /** Capacity units that the engine says it has consumed. */
  readonly units: number;
  /** The same, by table and index. */
  readonly unitsOf: Readonly<Record<string, number>>;
  readonly isWrite: boolean;
}

const WRITES = /^(?:Put|Update|Delete|BatchWrite|TransactWrite)/;

/** Stands between one Lambda and DynamoDB, and asks for the consumed capacity of every request. */
export async function startCountingProxy(
  targetUrl: string,
  lambdaName: string,
  onRequest: (counted: CountedRequest) => void,
) {
  const { hostname: host, port } = new URL(targetUrl);
  return startServer(async (message, response) => {
    const operation = String(message.headers['x-amz-target']).replace(/^.*\./, '');
    const body = JSON.stringify({ ...Object(await json(message)), ReturnConsumedCapacity: 'INDEXES' });
    const headers = { ...message.headers, 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request({ host, port, method: 'POST', path: message.url, headers });
    outgoing.on('error', () => message.socket.destroy());
    outgoing.on('response', async (answer) => {
      const answered = await text(answer);
      const unitsOf = unitsIn(JSON.parse(answered));
      const units = Object.values(unitsOf).reduce((sum, each) => sum + each, 0);
      onRequest({ lambdaName, operation, units, unitsOf, isWrite: WRITES.test(operation) });
      const { 'transfer-encoding': _, 'x-amz-crc32': __, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, kept);
      response.end(answered);
    });
    outgoing.end(body);
  });
}

/** Units by table and index; of a table, those that its indexes do not take. */
function unitsIn({ ConsumedCapacity }: { ConsumedCapacity?: unknown }): Record<string, number> {
  const units: Record<string, number> = {};
  const add = (name: string, capacity: unknown) => {
    if (isRecord(capacity)) units[name] = (units[name] ?? 0) + Number(capacity.CapacityUnits);
  };
  for (const capacity of [ConsumedCapacity].flat()) {
    if (!isRecord(capacity)) continue;
    add(String(capacity.TableName), capacity.Table ?? capacity);
    for (const [index, ofIndex] of Object.entries(Object(capacity.GlobalSecondaryIndexes))) add(index, ofIndex);
  }
  return units;
}
