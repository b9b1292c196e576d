import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../../../local/http/server.ts';
import type { LocalStack, Service } from '../../../local/stack.ts';
import { SEED, TIMES } from '../seed.ts';
import { type TestStackOptions, useStack } from './stack.ts';

/**
 * What becomes of a call: it is refused, it is slow, it is carried out but its answer is lost; every attempt of the
 * SDK at that call alike, since a single lost attempt is what the SDK's own retries are for. Or the process that makes
 * the call is killed (kill -9), before the service has seen it or after it was carried out.
 */
export type Fault = 'fail' | 'slow' | 'lost' | 'crash before' | 'crash after';
/** Those that a process survives. */
export const FAULTS = ['fail', 'slow', 'lost'] as const;
export type Survived = (typeof FAULTS)[number];

/** Whether the seed of this run chose what has this place: a third of all, all in three consecutive seeds, and in `make soak`. */
export const isChosen = (place: number) => TIMES > 1 || (place + SEED) % 3 === 0;

/** The faults that the call at this place gets in this run: one, if it is chosen; in nine consecutive seeds each call gets each. */
export function faultsOf(place: number): readonly Survived[] {
  if (TIMES > 1) return FAULTS;
  const first = (place + Math.floor(SEED / 3)) % FAULTS.length;
  return isChosen(place) ? FAULTS.slice(first, first + 1) : [];
}

/** One call of a Lambda to a service: all attempts that carry the same `amz-sdk-invocation-id`. */
export interface ServiceCall {
  readonly service: Service;
  /** Such as `TransactWriteItems`. */
  readonly operation: string;
  /** The folder's name, such as `save-tasks`. */
  readonly lambdaName: string;
  /** Its place in the order of calls since `arm`, over all proxies of a `FaultPlan`, from 0. */
  readonly index: number;
}

/** Counts calls over several proxies and says which of them gets a fault. */
export class FaultPlan {
  #calls = new Map<string, { call: ServiceCall; fault: Fault | undefined }>();
  #choose: (call: ServiceCall) => Fault | undefined = () => undefined;
  readonly #passing = new Set<Promise<void>>();
  /** How late a slow call is passed on. */
  readonly slowMs: number;
  readonly #stack: () => Pick<LocalStack, 'lambda'>;

  constructor(slowMs: number, stack: () => Pick<LocalStack, 'lambda'>) {
    this.slowMs = slowMs;
    this.#stack = stack;
  }

  /** Forgets all calls, and asks for the fault of each that comes; without an argument, none has one. */
  arm(choose: (call: ServiceCall) => Fault | undefined = () => undefined): void {
    this.#calls = new Map();
    this.#choose = choose;
  }

  /** The calls since `arm`, in order. */
  get calls(): readonly ServiceCall[] {
    return [...this.#calls.values()].map(({ call }) => call);
  }

  /** The fault of a call, from its first attempt to its last. */
  faultOf(service: Service, lambdaName: string, message: IncomingMessage): Fault | undefined {
    const id = String(message.headers['amz-sdk-invocation-id']);
    const known = this.#calls.get(id);
    if (known !== undefined) return known.fault;
    const operation = String(message.headers['x-amz-target'] ?? 'Publish').replace(/^.*\./, '');
    const call = { service, operation, lambdaName, index: this.#calls.size };
    const fault = this.#choose(call);
    this.#calls.set(id, { call, fault });
    return fault;
  }

  /** Notes an attempt at a call, until it has been answered, or never will be. */
  pass(attempt: Promise<void>): void {
    const noted = attempt.finally(() => this.#passing.delete(noted));
    this.#passing.add(noted);
  }

  /** Resolves once no attempt is on its way, slow ones included. */
  async idle(): Promise<void> {
    while (this.#passing.size > 0) await Promise.all(this.#passing);
  }

  /** kill -9 of the process that a Lambda runs in. */
  kill(lambdaName: string): void {
    for (const { functionName, pid } of this.#stack().lambda.workers()) {
      if (functionName.endsWith(`-${lambdaName}`)) process.kill(pid, 'SIGKILL');
    }
  }
}

/** Stands between one Lambda and one service, and does to each call what the plan says. */
export function startFaultProxy(service: Service, targetUrl: string, lambdaName: string, plan: FaultPlan) {
  const target = new URL(targetUrl);

  async function forward(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = plan.faultOf(service, lambdaName, message);
    const body = await text(message);
    if (fault === 'fail') {
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"InternalServerError","message":"a fault of the test"}');
      return;
    }
    if (fault === 'crash before') {
      plan.kill(lambdaName);
      message.socket.destroy();
      return;
    }
    if (fault === 'slow') await sleep(plan.slowMs);
    const outgoing = request({
      host: target.hostname,
      port: target.port,
      method: message.method,
      path: message.url,
      headers: { ...message.headers, host: target.host },
    });
    outgoing.end(body);
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    if (answer === undefined) throw new Error('no answer');
    const answered = await text(answer);
    if (fault === 'crash after') plan.kill(lambdaName);
    if (fault === 'lost' || fault === 'crash after') {
      message.socket.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    response.end(answered);
  }

  return startServer((message, response) => {
    plan.pass(forward(message, response).catch(() => void message.socket.destroy()));
  });
}

/**
 * A local stack, for the tests of one describe block, in which every call of a Lambda to a service may get a fault.
 * @param options `lambdas`: those whose calls may get one; the way of others is shorter
 * @param environment with AWS_FAULTS, what is passed on meets those faults too: they are behind the proxies
 */
export function useFaultyStack(
  environment: Readonly<Record<string, string>>,
  options: { slowMs: number; lambdas?: readonly string[] } & Omit<TestStackOptions, 'proxy'>,
): { stack: ReturnType<typeof useStack>; plan: FaultPlan } {
  const { slowMs, lambdas, ...others } = options;
  const proxies: { close(): Promise<void> }[] = [];
  const plan = new FaultPlan(slowMs, () => stack());
  const stack = useStack(environment, {
    ...others,
    proxy: async (service, url, lambdaName) => {
      if (lambdas?.includes(lambdaName) === false) return url;
      const proxy = await startFaultProxy(service, url, lambdaName, plan);
      proxies.push(proxy);
      return proxy.url;
    },
  });
  after(() => Promise.all(proxies.map((proxy) => proxy.close())));
  return { stack, plan };
}
