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

/** The answer of a service that refuses a call. @param fields what else its error holds */
export const refused = (status: number, type: string, fields: object = {}) =>
  Response.json({ __type: type, ...fields }, { status });

/**
 * A service that speaks AWS JSON, for the real clients of Step Functions, CloudWatch and DynamoDB, and the tests of one
 * describe block.
 * @param answers by operation; one that is not among them is refused
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
    const found = (await answers[operation]?.(input)) ?? refused(400, refusal);
    const answer = found instanceof Response ? found.clone() : Response.json(found);
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(await answer.text());
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
