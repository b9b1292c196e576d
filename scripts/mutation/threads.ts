/**
 * Loaded first into the processes in which Stryker runs the tests, and into their worker threads. Tests of a handler run
 * it in a thread with an environment of its own; this takes the active mutant there with each message, and the coverage back.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';
import threads, { type MessagePort, type WorkerOptions } from 'node:worker_threads';

type Hits = Record<string, number>;
interface Coverage {
  readonly static: Hits;
  readonly perTest: Record<string, Hits>;
}
/** What Stryker's instrumented code reads and writes. */
interface Stryker {
  activeMutant?: string;
  currentTestId?: string;
  mutantCoverage?: Coverage;
}

const VARIABLE = 'MUTATION_THREAD';
const holder: { __stryker__?: Stryker } = globalThis as object;
const stryker: Stryker = holder.__stryker__ ?? {};
holder.__stryker__ = stryker;

function add(to: Hits, hits: Hits): void {
  for (const [mutant, count] of Object.entries(hits)) to[mutant] = (to[mutant] ?? 0) + count;
}

function takeCoverage(file: string): void {
  if (!existsSync(file)) return;
  const coverage: Coverage = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file);
  stryker.mutantCoverage ??= { static: {}, perTest: {} };
  const all = stryker.mutantCoverage;
  add(all.static, coverage.static);
  for (const [test, hits] of Object.entries(coverage.perTest)) {
    const sofar = all.perTest[test] ?? {};
    add(sofar, hits);
    all.perTest[test] = sofar;
  }
}

function watchThreads(): void {
  let count = 0;
  threads.Worker = class extends threads.Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      count += 1;
      // In the sandbox, which Stryker removes.
      const coverageFile = resolve(`thread-${process.pid}-${count}.json`);
      const env = typeof options.env === 'object' ? options.env : process.env;
      super(file, { ...options, env: { ...env, [VARIABLE]: coverageFile } });
      this.on('message', () => takeCoverage(coverageFile));
    }

    override postMessage(message: unknown): void {
      const { activeMutant, currentTestId } = stryker;
      super.postMessage({ given: { activeMutant, currentTestId }, message });
    }
  };
  syncBuiltinESMExports();
}

function joinProcess(port: MessagePort): void {
  const coverageFile = process.env[VARIABLE] ?? '';
  delete process.env[VARIABLE];
  const on = port.on.bind(port);
  const post = port.postMessage.bind(port);
  Object.assign(port, {
    on: (event: string, listener: (message: unknown) => void) =>
      on(event, ({ given, message }) => {
        Object.assign(stryker, given);
        listener(message);
      }),
    postMessage(message: unknown) {
      if (stryker.mutantCoverage !== undefined) writeFileSync(coverageFile, JSON.stringify(stryker.mutantCoverage));
      delete stryker.mutantCoverage;
      post(message);
    },
  });
}

// The runner of Stryker 10.0.0 asks for mocha's files without the .cjs that mocha 12.0.3 gave them.
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      /[\\/]mocha[\\/]lib[\\/]cli[\\/](run-helpers|options|collect-files)$/.test(specifier)
        ? `${specifier}.cjs`
        : specifier,
      context,
    ),
});

if (threads.parentPort === null) watchThreads();
else joinProcess(threads.parentPort);
