import { randomUUID } from 'node:crypto';
import { FunctionError, functionNotFound, REQUEST_LIMIT, requestTooLarge } from './errors.ts';
import type { LambdaFunction } from './worker-environment.ts';
import { WorkerProcess } from './worker-process.ts';

export type { LambdaFunction } from './worker-environment.ts';

export interface LambdaPoolOptions {
  readonly functions: readonly LambdaFunction[];
  readonly region: string;
  /** How long a bundle may take to load: 30 s, where Lambda gives 10, since a busy laptop starts all at once. */
  readonly loadTimeoutMs?: number;
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
   * Starts the worker of every function, so that no first invocation waits for one.
   * @throws Error naming each function that cannot start, and why
   */
  warm(): Promise<void>;
  /** Ends every worker and waits until they are gone. */
  close(): Promise<void>;
}

const REFERENCE = /^(?:(arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function):)?([\w-]+)(?::([\w$-]+))?$/;

/** `arn:…:function:name`, without a qualifier. */
const unqualified = (arn: string) => arn.split(':').slice(0, 7).join(':');

/**
 * A pool of one process a function, started when it is first needed and again after it ended.
 *
 * It differs from Lambda in that the invocations of a function share that process, where Lambda runs one at a time in
 * each of many. So a crash takes its neighbours along: the invocation that caused it gets its error, they get
 * Runtime.ExitError, which the workflow retries. A timeout rejects its own invocation alone; the process takes no more
 * and is killed once it is empty. There is one version of each function, which any alias stands for; no concurrency
 * limit; and `memoryMb` is told to the function but not enforced.
 */
export function createLambdaPool(options: LambdaPoolOptions): LambdaPool {
  const { functions, region, loadTimeoutMs = 30_000, onLog } = options;
  const byName = new Map(functions.map((lambda) => [lambda.functionName, lambda]));
  /** Takes the next invocation of its function. */
  const current = new Map<string, WorkerProcess>();
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
    const running = current.get(functionName);
    if (running !== undefined) return running;
    const worker = new WorkerProcess({
      lambda,
      region,
      loadTimeoutMs,
      onLog: (line) => onLog?.(functionName, line),
      onUnusable: (unusable) => {
        if (current.get(functionName) === unusable) current.delete(functionName);
      },
      onEnd: (ended) => alive.delete(ended),
    });
    current.set(functionName, worker);
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
      return workerOf(lambda).invoke(randomUUID(), invokedArn, text);
    },

    workers: () => [...alive].flatMap(([{ pid }, functionName]) => (pid === undefined ? [] : [{ functionName, pid }])),

    async warm() {
      if (closing !== undefined) throw closed();
      const failures = await Promise.all(
        functions.map((lambda) =>
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
