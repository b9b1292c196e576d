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
    const body = JSON.stringify({ ...Object(await json(message)), ReturnConsumedCapacity: 'TOTAL' });
    const headers = { ...message.headers, 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request({ host, port, method: 'POST', path: message.url, headers });
    outgoing.on('error', () => message.socket.destroy());
    outgoing.on('response', async (answer) => {
      const answered = await text(answer);
      onRequest({ lambdaName, operation, units: unitsOf(JSON.parse(answered)), isWrite: WRITES.test(operation) });
      const { 'transfer-encoding': _, 'x-amz-crc32': __, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, kept);
      response.end(answered);
    });
    outgoing.end(body);
  });
}

function unitsOf({ ConsumedCapacity }: { ConsumedCapacity?: unknown }): number {
  const all = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  return all.reduce((sum: number, each) => sum + (isRecord(each) ? Number(each.CapacityUnits) : 0), 0);
}
