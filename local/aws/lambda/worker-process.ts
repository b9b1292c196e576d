import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type LambdaFunction, workerEnvironment } from './environment.ts';
import { exited, FunctionError, timedOut } from './errors.ts';
import type { Invoke, Report } from './protocol.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');
/** How long a bundle may take to load: Lambda gives 10 s, but a busy laptop starts all functions at once. */
const LOAD_TIMEOUT_MS = 30_000;
/** Between asking a worker to end and making it. */
const GRACE_MS = 1000;

interface Pending {
  readonly payload: string;
  resolve(answer: unknown): void;
  reject(error: Error): void;
  /** Runs from the moment that the worker has the invocation. */
  timer?: NodeJS.Timeout;
}

/**
 * What a process of Node needs besides the function's own variables: its compile cache, which the worker hides from the
 * bundle, and the moved clock of `make test DATE=…`, without which an invocation's deadline would be at another date than this process's.
 */
const INHERITED = ['NODE_COMPILE_CACHE', 'LD_PRELOAD', 'FAKETIME', 'DONT_FAKE_MONOTONIC', 'NO_FAKE_STAT'];

/** The pool's end of one worker: what it was given to do, and what became of it. */
export class WorkerProcess {
  /** Whether it takes invocations: it has not ended or failed to load, and no invocation timed out in it. */
  isUsable = true;
  /** Settles once the bundle is loaded, or cannot be. */
  readonly loaded: Promise<void>;
  /** Resolves once the process is gone and its output read. */
  readonly ended: Promise<void>;
  /** Where a debugger enters, once it is loaded; undefined for a function that is not inspected. */
  inspectUrl: string | undefined;
  readonly #isInspected: boolean;
  readonly #timeoutMs: number;
  readonly #child: ChildProcess;
  readonly #pending = new Map<string, Pending>();
  readonly #loading = Promise.withResolvers<void>();
  readonly #loadTimer: NodeJS.Timeout;
  #isReady = false;
  #idleSince = performance.now();

  /** @param onLog gets every line that it writes */
  constructor(lambda: LambdaFunction, region: string, onLog: (line: string) => void) {
    const { inspectPort } = lambda;
    this.#isInspected = inspectPort !== undefined;
    this.#timeoutMs = lambda.timeoutMs;
    this.loaded = this.#loading.promise;
    // Whoever waits for it hears of it; invocations are told one by one.
    this.loaded.catch(() => {});
    const inherited = INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
    const child = fork(WORKER, {
      env: { ...workerEnvironment(lambda, region), ...Object.fromEntries(inherited) },
      // Not the pool's own, such as a debugger's port or a test runner's hooks. Type stripping warns before Node 24.
      execArgv: [
        '--disable-warning=ExperimentalWarning',
        // It says by itself where it can be entered; Node would write it to standard error, among the log lines.
        ...(inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`, '--inspect-publish-uid=http']),
      ],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    const loadTimeoutMs = this.#isInspected ? this.#timeoutMs : LOAD_TIMEOUT_MS;
    const loadTimedOut = () => this.#abandon((requestId) => timedOut(requestId, loadTimeoutMs), 'SIGKILL');
    this.#loadTimer = setTimeout(loadTimedOut, loadTimeoutMs);
    for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on('line', onLog);
    child.on('message', (report: Report) => this.#receive(report));
    child.on('exit', () => {
      this.isUsable = false;
    });
    // 'close' comes after the last message and the last line of output have been read, which 'exit' need not.
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.#rejectAll((requestId) => exited(requestId, code, signal));
        resolve();
      });
    });
  }

  /** Undefined once the process is gone. */
  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  /** Invocations that it was given and that are not over. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /** Since when it has had nothing to do, on the clock of performance.now(); undefined while it has. */
  get idleSince(): number | undefined {
    return this.#pending.size === 0 ? this.#idleSince : undefined;
  }

  /**
   * Hands over an invocation, at once or as soon as the bundle is loaded; from then on it has the function's timeout. One that
   * is inspected gets one at a time, as on AWS: whoever steps through one action should not find himself in another, and a
   * process that stands still has no call of another under way, which would time out.
   */
  invoke(requestId: string, payload: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const pending: Pending = { payload, resolve, reject };
    this.#pending.set(requestId, pending);
    if (this.#isReady && !(this.#isInspected && this.#pending.size > 1)) this.#dispatch(requestId, pending);
    return promise;
  }

  /** Ends the process, politely first; what is in flight is rejected with the reason. */
  async close(reason: Error): Promise<void> {
    this.#abandon(() => reason, 'SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #receive(report: Report): void {
    if (report.type === 'ready') {
      clearTimeout(this.#loadTimer);
      this.#isReady = true;
      this.inspectUrl = report.inspectUrl;
      this.#loading.resolve();
      if (this.#isInspected) this.#dispatchFirst();
      else for (const [requestId, pending] of this.#pending) this.#dispatch(requestId, pending);
    } else if (report.type === 'answer') {
      this.#settle(report.requestId)?.resolve(JSON.parse(report.payload));
    } else if (!this.#isReady) {
      this.#abandon(() => new FunctionError(report.error), 'SIGKILL');
    } else {
      if (report.isCrash) this.isUsable = false;
      // By itself it would wait until the debugger leaves.
      if (report.isCrash && this.#isInspected) this.#child.kill('SIGKILL');
      // On AWS there is one invocation that it can have come from. The others see the process exit.
      const [first = ''] = this.#pending.size === 1 ? this.#pending.keys() : [];
      this.#settle(report.requestId ?? first)?.reject(new FunctionError(report.error));
    }
  }

  #dispatchFirst(): void {
    const [first] = this.#pending;
    if (first !== undefined && first[1].timer === undefined) this.#dispatch(...first);
  }

  #dispatch(requestId: string, pending: Pending): void {
    pending.timer = setTimeout(() => {
      // On AWS a timeout ends the process. This one goes as soon as no other invocation is in it.
      this.isUsable = false;
      this.#settle(requestId)?.reject(timedOut(requestId, this.#timeoutMs));
    }, this.#timeoutMs);
    const invoke: Invoke = { requestId, payload: pending.payload, deadline: Date.now() + this.#timeoutMs };
    this.#child.send(invoke, (error) => {
      if (error) this.#settle(requestId)?.reject(exited(requestId, this.#child.exitCode, this.#child.signalCode));
    });
  }

  /** Forgets an invocation, so that a late answer finds nobody. */
  #settle(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    clearTimeout(pending?.timer);
    this.#pending.delete(requestId);
    this.#idleSince = performance.now();
    if (!this.isUsable && this.#pending.size === 0) this.#child.kill('SIGKILL');
    else if (this.isUsable && this.#isInspected) this.#dispatchFirst();
    return pending;
  }

  /** Gives up on the process and on all that it was given. */
  #abandon(errorOf: (requestId: string) => Error, signal: NodeJS.Signals): void {
    this.isUsable = false;
    this.#child.kill(signal);
    this.#rejectAll(errorOf);
  }

  #rejectAll(errorOf: (requestId: string) => Error): void {
    clearTimeout(this.#loadTimer);
    this.#loading.reject(errorOf('init'));
    for (const [requestId, { timer, reject }] of this.#pending) {
      clearTimeout(timer);
      reject(errorOf(requestId));
    }
    this.#pending.clear();
  }
}
