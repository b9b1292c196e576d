import { randomUUID } from 'node:crypto';
import { createConcurrency } from './concurrency.ts';
import type { LambdaFunction } from './environment.ts';
import { FunctionError, functionNotFound } from './errors.ts';
import { WorkerProcess } from './worker-process.ts';

export interface LambdaPoolOptions {
  readonly functions: readonly LambdaFunction[];
  readonly region: string;
  /** Whether invocations above the functions' reserved concurrency, or above the account's, are refused. */
  readonly hasLimits?: boolean;
  /** Gets every line that a worker writes to standard output or standard error. */
  onLog?(functionName: string, line: string): void;
  /** Default: {@link IDLE}. */
  readonly idle?: typeof IDLE;
}

/** More would wait for the one thread of the process, and time out. A new process costs as much time as 200 invocations. */
export const INVOCATIONS_OF_A_PROCESS = 200;
/**
 * How long a process is kept with nothing to do: a run comes seldom alone. The first process of a function that is to be
 * ready is kept as long as a run may take, counted from when that was said last.
 */
const IDLE = { endsAfterMs: 60_000, readyForMs: 15 * 60_000 };
/** Processes that are started at a time so that they are ready: what is called meanwhile must not wait for a processor. */
const STARTS_AT_ONCE = 2;

/**
 * Runs Lambdas from their bundles, in a pool of processes, started when they are first needed and again after they ended.
 *
 * It differs from Lambda in that up to 200 invocations of a function share a process, where Lambda runs one at a time in
 * each of many. So a crash takes its neighbours along: the invocation that caused it gets its error, they get
 * Runtime.ExitError, which the workflow retries. A timeout rejects its own invocation alone; the process takes no more
 * and is killed once it is empty. There is one version of each function, which any alias stands for; `memoryMb`
 * is told to the function but not enforced. A function that is inspected has one process, which stays.
 */
export class LambdaPool {
  readonly #options: LambdaPoolOptions;
  readonly #concurrency: ReturnType<typeof createConcurrency> | undefined;
  /** The living workers of each function, oldest first. */
  readonly #workers = new Map<string, WorkerProcess[]>();
  /** Until when functions are to be ready, on the clock of performance.now(). */
  readonly #readyUntil = new Map<string, number>();
  readonly #toStart = new Set<string>();
  #starters = 0;
  readonly #idle: typeof IDLE;
  readonly #idleTimer: NodeJS.Timeout;
  #closing: Promise<unknown> | undefined;

  constructor(options: LambdaPoolOptions) {
    this.#options = options;
    this.#concurrency = options.hasLimits ? createConcurrency(options.functions) : undefined;
    this.#idle = options.idle ?? IDLE;
    this.#idleTimer = setInterval(() => this.#endIdle(), this.#idle.endsAfterMs / 4).unref();
  }

  /**
   * Invokes a function and waits for its answer (Lambda's RequestResponse).
   * @param functionNameOrArn name or ARN, with or without a qualifier
   * @throws InvocationError with `name` and `message` as Step Functions has Error and Cause; Error once closed
   */
  async invoke(functionNameOrArn: string, payload: unknown): Promise<unknown> {
    if (this.#closing !== undefined) throw closed();
    const lambda = this.#find(functionNameOrArn);
    const leave = this.#concurrency?.enter(lambda.functionName);
    const worker = this.#workerOf(lambda);
    try {
      return await worker.invoke(randomUUID(), JSON.stringify(payload) ?? '{}');
    } finally {
      leave?.();
    }
  }

  /**
   * Has a process of each of these functions ready, since they are about to be called: they are started in the background,
   * in this order, and kept. Whoever calls one that is not there yet starts it at once.
   */
  prepare(functionNames: readonly string[]): void {
    const until = performance.now() + this.#idle.readyForMs;
    for (const name of functionNames) {
      this.#readyUntil.set(name, until);
      if (!this.#workers.get(name)?.some(({ isUsable }) => isUsable)) this.#toStart.add(name);
    }
    while (this.#toStart.size > 0 && this.#starters < STARTS_AT_ONCE) void this.#startPrepared();
  }

  async #startPrepared(): Promise<void> {
    this.#starters += 1;
    for (const name of this.#toStart) {
      this.#toStart.delete(name);
      // Why one cannot start is told to whoever calls it.
      if (this.#closing === undefined) await this.#workerOf(this.#find(name)).loaded.catch(() => undefined);
    }
    this.#starters -= 1;
  }

  /** The processes that live. */
  workers(): { functionName: string; pid: number }[] {
    return [...this.#workers].flatMap(([functionName, living]) =>
      living.flatMap(({ pid }) => (pid === undefined ? [] : [{ functionName, pid }])),
    );
  }

  /**
   * Starts a worker of each of these functions and waits until they are loaded, so that no first invocation waits for one.
   * @throws Error naming each function that cannot start, and why
   */
  async warm(functionNames: readonly string[]): Promise<void> {
    if (this.#closing !== undefined) throw closed();
    const failures: string[] = [];
    const start = (name: string) =>
      this.#workerOf(this.#find(name)).loaded.catch((error: Error) => {
        const why = error instanceof FunctionError ? error.body.errorMessage : error.message;
        failures.push(`${name}: ${error.name}: ${why}`);
      });
    await Promise.all(functionNames.map(start));
    if (failures.length > 0) throw new Error(`Lambdas that cannot start: ${failures.join('; ')}`);
  }

  /** Where a debugger enters the function; undefined unless it is inspected and loaded. */
  inspectUrl(functionName: string): string | undefined {
    return this.#workers.get(functionName)?.find(({ isUsable }) => isUsable)?.inspectUrl;
  }

  /** Ends every worker and waits until they are gone. */
  async close(): Promise<void> {
    clearInterval(this.#idleTimer);
    this.#closing ??= Promise.all([...this.#workers.values()].flat().map((worker) => worker.close(closed())));
    await this.#closing;
  }

  #find(reference: string): LambdaFunction {
    const [, name = reference, qualifier = ''] = /:function:([\w-]+):?([\w$-]*)$/.exec(reference) ?? [];
    const lambda = this.#options.functions.find(({ functionName }) => functionName === name);
    const isOtherVersion = /^\d+$/.test(qualifier) && qualifier !== lambda?.version;
    if (lambda === undefined || isOtherVersion) throw functionNotFound(reference);
    return lambda;
  }

  /** The first with room takes the next invocation. */
  #workerOf(lambda: LambdaFunction): WorkerProcess {
    const { region, onLog } = this.#options;
    const { functionName } = lambda;
    const living = this.#workers.get(functionName) ?? [];
    const room = lambda.inspectPort === undefined ? INVOCATIONS_OF_A_PROCESS : Number.POSITIVE_INFINITY;
    const roomy = living.find(({ isUsable, inFlight }) => isUsable && inFlight < room);
    if (roomy !== undefined) return roomy;
    const worker = new WorkerProcess(lambda, region, (line) => onLog?.(functionName, line));
    living.push(worker);
    this.#workers.set(functionName, living);
    void worker.ended.then(() => living.splice(living.indexOf(worker), 1));
    return worker;
  }

  /** Ends the workers that had nothing to do for a while, but for those that are to be ready. */
  #endIdle(): void {
    const now = performance.now();
    for (const [name, living] of this.#workers) {
      const isKept = this.#find(name).inspectPort !== undefined || (this.#readyUntil.get(name) ?? 0) > now;
      const idle = living.filter(({ idleSince = now }) => now - idleSince >= this.#idle.endsAfterMs);
      for (const worker of idle) if (!isKept || worker !== living[0]) void worker.close(closed());
    }
  }
}

const closed = () => new Error('The Lambda pool is closed');
