/**
 * Runs in a thread: loads a Lambda anew for each message, with an environment of its own, calls it in turn and posts what
 * became of each call. Only the packages stay loaded from one message to the next.
 */
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { parentPort } from 'node:worker_threads';

/** What a message asks for. */
export interface Run {
  /** The handler.ts, from which its packages are found. */
  readonly file: string;
  /** Its code, and that of what it imports, as one CommonJS script. */
  readonly script: string;
  /** The whole environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly events: readonly unknown[];
  /** The time that the function has for each call, as its context says. */
  readonly limitMs: number;
  /** What its monotonic clock is ahead, in milliseconds; shared, so that it can change during a call. */
  readonly ahead?: Int32Array | undefined;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

const now = performance.now.bind(performance);

function load({ file, script, variables, ahead }: Run): Handler {
  performance.now = () => now() + (ahead === undefined ? 0 : Atomics.load(ahead, 0));
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, variables);
  const module: { exports: { handler?: Handler } } = { exports: {} };
  compileFunction(script, ['module', 'require'], { filename: file })(module, createRequire(file));
  const { handler } = module.exports;
  if (handler === undefined) throw new Error(`${file} exports no handler`);
  return handler;
}

async function callInTurn(handler: Handler, { events, limitMs }: Run): Promise<object[]> {
  const outcomes: object[] = [];
  for (const event of events) {
    const endsAt = Date.now() + limitMs;
    const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => endsAt - Date.now() };
    try {
      outcomes.push({ answer: await handler(event, context) });
    } catch (thrown) {
      const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
      outcomes.push({ error: { name, message } });
    }
  }
  return outcomes;
}

parentPort?.on('message', async (run: Run) => {
  // From here on the thread lives by what the handler has begun: without any of it, and with its log read, it is done.
  parentPort?.unref();
  let result: object = { error: new Error(`${run.file} waits for what does not come`) };
  process.once('beforeExit', () => {
    parentPort?.ref();
    parentPort?.postMessage(result);
  });
  try {
    result = { outcomes: await callInTurn(load(run), run) };
  } catch (error) {
    result = { error };
  }
});
