import { randomUUID } from 'node:crypto';
import { createConcurrency } from './concurrency.ts';
import { FunctionError, functionNotFound, REQUEST_LIMIT, requestTooLarge } from './errors.ts';
import type { LambdaFunction } from './worker-environment.ts';
import { WorkerProcess } from './worker-process.ts';

export type { LambdaFunction } from './worker-environment.ts';

export interface LambdaPoolOptions {
  readonly functions: readonly LambdaFunction[];
  readonly region: string;
  /** How long a bundle may take to load: 30 s, where Lambda gives 10, since a busy laptop starts all at once. */
  readonly loadTimeoutMs?: number;
  /** Whether invocations above the functions' reserved concurrency, or above the account's, are refused. */
  readonly hasLimits?: boolean;
  /** How long a process that is not its function's first is kept with nothing to do: a minute, as a run comes seldom alone. */
  readonly idleMs?: number;
  /** Gets every line that a worker writes to standard output or standard error. */
  onLog?(functionName: string, line: string): void;
}

/** Runs Lambdas from their bundles. */
export interface LambdaPool {
  /**
   * Invokes a function and waits for its answer (Lambda's RequestResponse).
   * @param functionNameOrArn name or ARN, with or without a qualifier
   * @throws InvocationError with `name` and `message` as Step Functions has Error and Cause; Error once closed
   */
  invoke(functionNameOrArn: string, payload: unknown): Promise<unknown>;
  /** The processes that live. */
  workers(): { functionName: string; pid: number }[];
  /**
   * Starts the worker of every function that is wanted, so that no first invocation waits for one.
   * @throws Error naming each function that cannot start, and why
   */
  warm(isWanted?: (lambda: LambdaFunction) => boolean): Promise<void>;
  /** Ends every worker and waits until they are gone. */
  close(): Promise<void>;
}

const REFERENCE = /^(?:(arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function):)?([\w-]+)(?::([\w$-]+))?$/;

/** `arn:…:function:name`, without a qualifier. */
const unqualified = (arn: string) => arn.split(':').slice(0, 7).join(':');

/** A client of the SDK opens 50 sockets at most: more invocations in a process would wait for each other, and time out. */
const INVOCATIONS_OF_A_PROCESS = 48;

/**
 * A pool of processes, started when they are first needed and again after they ended.
 *
 * It differs from Lambda in that up to 48 invocations of a function share a process, where Lambda runs one at a time in
 * each of many. So a crash takes its neighbours along: the invocation that caused it gets its error, they get
 * Runtime.ExitError, which the workflow retries. A timeout rejects its own invocation alone; the process takes no more
 * and is killed once it is empty. There is one version of each function, which any alias stands for; `memoryMb`
 * is told to the function but not enforced.
 */
export function createLambdaPool(options: LambdaPoolOptions): LambdaPool {
  const { functions, region, loadTimeoutMs = 30_000, hasLimits = false, idleMs = 60_000, onLog } = options;
  const byName = new Map(functions.map((lambda) => [lambda.functionName, lambda]));
  const concurrency = hasLimits ? createConcurrency(functions) : undefined;
  /** Those that take invocations of a function; the first with room takes the next one. */
  const current = new Map<string, WorkerProcess[]>(functions.map(({ functionName }) => [functionName, []]));
  /** All that live, those included that only finish what they have. */
  const alive = new Map<WorkerProcess, string>();
  let closing: Promise<void> | undefined;
  const closed = () => new Error('The Lambda pool is closed');

  function find(reference: string): LambdaFunction {
    const [, prefix, name = '', qualifier] = REFERENCE.exec(reference) ?? [];
    const lambda = byName.get(name);
    const isHere = prefix === undefined || (lambda && unqualified(lambda.arn) === `${prefix}:${name}`);
    const isOtherVersion = /^\d+$/.test(qualifier ?? '') && qualifier !== lambda?.version;
    if (lambda === undefined || !isHere || isOtherVersion) throw functionNotFound(reference);
    return lambda;
  }

  function workerOf(lambda: LambdaFunction): WorkerProcess {
    const { functionName } = lambda;
    const workers = current.get(functionName) ?? [];
    const roomy = workers.find(({ inFlight }) => inFlight < INVOCATIONS_OF_A_PROCESS);
    if (roomy !== undefined) return roomy;
    const worker = new WorkerProcess({
      lambda,
      region,
      loadTimeoutMs,
      onLog: (line) => onLog?.(functionName, line),
      onUnusable: (unusable) => {
        if (workers.includes(unusable)) workers.splice(workers.indexOf(unusable), 1);
      },
      onIdle: (idle) => {
        if (workers.indexOf(idle) < 1) return;
        const end = () => workers.indexOf(idle) > 0 && idle.inFlight === 0 && idle.close(closed());
        setTimeout(end, idleMs).unref();
      },
      onEnd: (ended) => alive.delete(ended),
    });
    workers.push(worker);
    alive.set(worker, functionName);
    return worker;
  }

  return {
    async invoke(functionNameOrArn, payload) {
      if (closing !== undefined) throw closed();
      const lambda = find(functionNameOrArn);
      const text = JSON.stringify(payload) ?? '{}';
      const bytes = Buffer.byteLength(text);
      if (bytes > REQUEST_LIMIT) throw requestTooLarge(bytes);
      const invokedArn = functionNameOrArn.startsWith('arn:') ? functionNameOrArn : unqualified(lambda.arn);
      const leave = concurrency?.enter(lambda.functionName);
      return workerOf(lambda).invoke(randomUUID(), invokedArn, text).finally(leave);
    },

    workers: () => [...alive].flatMap(([{ pid }, functionName]) => (pid === undefined ? [] : [{ functionName, pid }])),

    async warm(isWanted = () => true) {
      if (closing !== undefined) throw closed();
      const failures = await Promise.all(
        functions.filter(isWanted).map((lambda) =>
          workerOf(lambda).loaded.then(
            () => [],
            (error: Error) => {
              const { errorType, errorMessage } =
                error instanceof FunctionError ? error.body : { errorType: error.name, errorMessage: error.message };
              return [`${lambda.functionName}: ${errorType}: ${errorMessage}`];
            },
          ),
        ),
      );
      const messages = failures.flat();
      if (messages.length > 0) throw new Error(`Lambdas that cannot start: ${messages.join('; ')}`);
    },

    close() {
      closing ??= Promise.all([...alive.keys()].map((worker) => worker.close(closed()))).then(() => {});
      return closing;
    },
  };
}
