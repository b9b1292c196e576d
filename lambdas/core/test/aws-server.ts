import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export interface AwsServer {
  readonly url: string;
  /** Operation and input of every call, oldest first. */
  readonly calls: readonly { readonly operation: string; readonly input: Record<string, unknown> }[];
  close(): Promise<void>;
}

/**
 * A service that speaks AWS JSON, for the real clients of Step Functions, CloudWatch and DynamoDB.
 * @param answers by operation; one that is not among them is refused, as is one that is answered with a `__type`
 * @param refusal the error of what is refused
 */
async function startAwsServer(
  answers: Readonly<Record<string, (input: Record<string, unknown>) => object>>,
  refusal = 'UnknownOperationException',
): Promise<AwsServer> {
  const calls: { operation: string; input: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input: Record<string, unknown> = JSON.parse(await text(request));
    calls.push({ operation, input });
    const answer = answers[operation]?.(input);
    const isRefused = answer === undefined || '__type' in answer;
    response.writeHead(isRefused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer ?? { __type: refusal, message: operation }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Such a service for the tests of one describe block. */
export function useAwsServer(...answers: Parameters<typeof startAwsServer>): () => AwsServer {
  let server: AwsServer | undefined;
  before(async () => {
    server = await startAwsServer(...answers);
  });
  after(() => server?.close());
  return () => {
    if (server === undefined) throw new Error('useAwsServer() belongs in a describe block');
    return server;
  };
}
