import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { exited, FunctionError, timedOut } from './errors.ts';
import { parseReport, type Report } from './protocol.ts';
import { type LambdaFunction, workerEnvironment } from './worker-environment.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');
/** Between asking a worker to end and making it. */
const GRACE_MS = 1000;

export interface WorkerOptions {
  readonly lambda: LambdaFunction;
  readonly region: string;
  /** How long the bundle may take to load. */
  readonly loadTimeoutMs: number;
  onLog(line: string): void;
  /** It takes no more invocations: it ended, could not load, or an invocation timed out in it. */
  onUnusable(worker: WorkerProcess): void;
  /** The last invocation in it is over. */
  onIdle(worker: WorkerProcess): void;
  /** The process is gone and its output read. */
  onEnd(worker: WorkerProcess): void;
}

interface Pending {
  readonly functionArn: string;
  readonly payload: string;
  resolve(answer: unknown): void;
  reject(error: Error): void;
  /** Runs from the moment that the worker has the invocation. */
  timer?: NodeJS.Timeout;
}

/** The pool's end of one worker: what it was given to do, and what became of it. */
export class WorkerProcess {
  /** Settles once the bundle is loaded, or cannot be. */
  readonly loaded: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #child: ChildProcess;
  readonly #pending = new Map<string, Pending>();
  readonly #loading = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #loadTimer: NodeJS.Timeout;
  #isReady = false;
  #isRetired = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.loaded = this.#loading.promise;
    // Whoever waits for it hears of it; invocations are told one by one.
    this.loaded.catch(() => {});
    const { lambda, region, loadTimeoutMs } = options;
    const { NODE_COMPILE_CACHE } = process.env;
    this.#child = fork(WORKER, {
      // Node itself reads where its compile cache is; the worker takes it out before the bundle can see it.
      env: { ...workerEnvironment(lambda, region), ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }) },
      // Not the pool's own, such as a debugger's port or a test runner's hooks. Type stripping warns before Node 24.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const loadTimedOut = () => this.#abandon((requestId) => timedOut(requestId, loadTimeoutMs), 'SIGKILL');
    this.#loadTimer = setTimeout(loadTimedOut, loadTimeoutMs);
    this.#listen();
  }

  /** Undefined once the process is gone, or if it could not be started. */
  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  /** Invocations that it was given and that are not over. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /** Hands over an invocation, at once or as soon as the bundle is loaded; from then on it has the function's timeout. */
  invoke(requestId: string, functionArn: string, payload: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const pending: Pending = { functionArn, payload, resolve, reject };
    this.#pending.set(requestId, pending);
    if (this.#isReady) this.#dispatch(requestId, pending);
    return promise;
  }

  /** Ends the process, politely first; what is in flight is rejected with the reason. */
  async close(reason: Error): Promise<void> {
    this.#abandon(() => reason, 'SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  #listen(): void {
    const { onLog, onUnusable, onEnd } = this.#options;
    const child = this.#child;
    for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on('line', onLog);
    child.on('message', (message: unknown) => this.#receive(parseReport(message)));
    child.on('exit', () => onUnusable(this));
    // 'close' comes after the last message and the last line of output have been read, which 'exit' need not.
    child.on('close', (code, signal) => this.#end((requestId) => exited(requestId, code, signal)));
    child.on('error', (error) => {
      // The process could not be started; an error of sending is handled where it is sent.
      if (child.pid === undefined) this.#end(() => error);
    });
    this.#ended.promise.then(() => {
      onUnusable(this);
      onEnd(this);
    });
  }

  #receive(report: Report | undefined): void {
    switch (report?.type) {
      case 'ready':
        clearTimeout(this.#loadTimer);
        this.#isReady = true;
        this.#loading.resolve();
        for (const [requestId, pending] of this.#pending) this.#dispatch(requestId, pending);
        break;
      case 'init-failure':
        this.#abandon(() => new FunctionError(report.error), 'SIGKILL');
        break;
      case 'answer': {
        const answer: unknown = JSON.parse(report.payload);
        this.#settle(report.requestId)?.resolve(answer);
        break;
      }
      case 'failure':
        this.#settle(report.requestId)?.reject(new FunctionError(report.error));
        break;
      case 'crash': {
        this.#options.onUnusable(this);
        // On AWS there is one invocation that it can have come from. The others see the process exit.
        const [first] = this.#pending.keys();
        const culprit = report.requestId ?? (this.#pending.size === 1 ? first : undefined);
        if (culprit !== undefined) this.#settle(culprit)?.reject(new FunctionError(report.error));
        break;
      }
    }
  }

  #dispatch(requestId: string, pending: Pending): void {
    const { timeoutMs } = this.#options.lambda;
    const { functionArn, payload } = pending;
    pending.timer = setTimeout(() => {
      this.#settle(requestId)?.reject(timedOut(requestId, timeoutMs));
      this.#retire();
    }, timeoutMs);
    this.#child.send({ requestId, functionArn, payload, deadline: Date.now() + timeoutMs }, (error) => {
      if (error) this.#settle(requestId)?.reject(exited(requestId, this.#child.exitCode, this.#child.signalCode));
    });
  }

  /** Forgets an invocation, so that a late answer finds nobody. */
  #settle(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    clearTimeout(pending?.timer);
    this.#pending.delete(requestId);
    if (this.#pending.size === 0) this.#options.onIdle(this);
    if (this.#isRetired && this.#pending.size === 0) this.#child.kill('SIGKILL');
    return pending;
  }

  /** On AWS a timeout ends the process. This one goes as soon as no other invocation is in it. */
  #retire(): void {
    this.#isRetired = true;
    this.#options.onUnusable(this);
    if (this.#pending.size === 0) this.#child.kill('SIGKILL');
  }

  /** Gives up on the process and on all that it was given. */
  #abandon(errorOf: (requestId: string) => Error, signal: NodeJS.Signals): void {
    this.#options.onUnusable(this);
    this.#rejectAll(errorOf);
    this.#child.kill(signal);
  }

  #end(errorOf: (requestId: string) => Error): void {
    this.#rejectAll(errorOf);
    this.#ended.resolve();
  }

  #rejectAll(errorOf: (requestId: string) => Error): void {
    clearTimeout(this.#loadTimer);
    this.#loading.reject(errorOf('init'));
    for (const [requestId, pending] of this.#pending) {
      this.#settle(requestId);
      pending.reject(errorOf(requestId));
    }
  }
}
