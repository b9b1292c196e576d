import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/**
 * What becomes of a call: it is refused, it is slow, it is carried out but its answer is lost; every attempt of the
 * SDK at that call alike, since a single lost attempt is what the SDK's own retries are for.
 */
export type Fault = 'fail' | 'slow' | 'lost';
export const FAULTS: readonly Fault[] = ['fail', 'slow', 'lost'];

/** One call of a Lambda to a service: all attempts that carry the same `amz-sdk-invocation-id`. */
export interface ServiceCall {
  readonly service: string;
  /** Such as `DynamoDB_20120810.TransactWriteItems`. */
  readonly operation: string;
  /** Its place in the order of calls since `arm`, over all proxies of a `FaultPlan`, from 0. */
  readonly index: number;
}

/** Counts calls over several proxies and says which of them gets a fault. */
export class FaultPlan {
  #calls = new Map<string, ServiceCall>();
  #target: { index: number; fault: Fault } | undefined;
  readonly slowMs: number;

  /** @param slowMs how late a slow call is passed on */
  constructor(slowMs: number) {
    this.slowMs = slowMs;
  }

  /** Forgets all calls, and gives the call of this index the fault; without arguments, no call. */
  arm(index?: number, fault?: Fault): void {
    this.#calls = new Map();
    this.#target = index === undefined || fault === undefined ? undefined : { index, fault };
  }

  /** The calls since `arm`, in order. */
  get calls(): readonly ServiceCall[] {
    return [...this.#calls.values()];
  }

  /** The fault of a call, from its first attempt to its last. */
  faultOf(service: string, message: IncomingMessage): Fault | undefined {
    const id = String(message.headers['amz-sdk-invocation-id']);
    const operation = String(message.headers['x-amz-target'] ?? message.url);
    const call = this.#calls.get(id) ?? { service, operation, index: this.#calls.size };
    this.#calls.set(id, call);
    return this.#target?.index === call.index ? this.#target.fault : undefined;
  }
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Stands between Lambdas and one HTTP service, and does to each call what the plan says. */
export async function startFaultProxy(service: string, targetUrl: string, plan: FaultPlan) {
  const target = new URL(targetUrl);

  async function forward(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = plan.faultOf(service, message);
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    if (fault === 'fail') {
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"InternalServerError","message":"a fault of the test"}');
      return;
    }
    if (fault === 'slow') await pause(plan.slowMs);
    const outgoing = request({
      host: target.hostname,
      port: target.port,
      method: message.method,
      path: message.url,
      headers: { ...message.headers, host: target.host },
    });
    outgoing.end(Buffer.concat(chunks));
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    if (answer === undefined) throw new Error('no answer');
    const body: Buffer[] = [];
    for await (const chunk of answer) body.push(chunk);
    if (fault === 'lost') {
      message.socket.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    response.end(Buffer.concat(body));
  }

  const server = createServer((message, response) => {
    forward(message, response).catch(() => message.socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
