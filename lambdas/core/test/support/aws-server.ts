import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export interface AwsServer {
  readonly url: string;
  /** Operation and input of every call, oldest first. */
  readonly calls: readonly { readonly operation: string; readonly input: Record<string, unknown> }[];
  /** How many were made so far. */
  connections(): number;
}

/** What an answer is when the service refuses the call. */
export class Refused {
  readonly status: number;
  readonly type: string;
  /** What else its error holds. */
  readonly fields: object;

  constructor(status: number, type: string, fields: object = {}) {
    this.status = status;
    this.type = type;
    this.fields = fields;
  }
}

/**
 * A service that speaks AWS JSON, for the real clients of Step Functions, CloudWatch and DynamoDB, and the tests of one
 * describe block.
 * @param answers by operation; one that is not among them is refused, as is one that is answered with `Refused`
 * @param refusal the error of what is refused
 */
export function useAwsServer(
  answers: Readonly<Record<string, (input: Record<string, unknown>) => object>>,
  refusal = 'UnknownOperationException',
): () => AwsServer {
  const calls: { operation: string; input: Record<string, unknown> }[] = [];
  let connections = 0;
  let url: string | undefined;
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input: Record<string, unknown> = JSON.parse(await text(request));
    calls.push({ operation, input });
    const answer = answers[operation]?.(input) ?? new Refused(400, refusal);
    const isRefused = answer instanceof Refused;
    response.writeHead(isRefused ? answer.status : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(isRefused ? { __type: answer.type, message: operation, ...answer.fields } : answer));
  }).on('connection', () => {
    connections += 1;
  });
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${Object(server.address()).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  return () => {
    if (url === undefined) throw new Error('useAwsServer() belongs in a describe block');
    return { url, calls, connections: () => connections };
  };
}
