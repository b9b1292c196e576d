/**
 * The process that runs one Lambda's bundle: the part of Lambda's Node.js runtime that the bundle can see. Its
 * settings are the environment variables that Lambda has for them; invocations come over the IPC channel.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { url } from 'node:inspector';
import { createRequire, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { describeThrown, type FunctionErrorBody } from './errors.ts';
import type { Invoke, Report } from './protocol.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const { env } = process;
/** Tells which of the invocations in flight an uncaught error belongs to. */
const current = new AsyncLocalStorage<string>();
delete env.NODE_COMPILE_CACHE;

// The pool is gone, perhaps by kill -9.
const leave = () => process.exit(0);
process.on('disconnect', leave);
if (!process.connected) leave();
// Ctrl-C reaches every process of the terminal's group, but it is for the pool to end its workers in order.
process.on('SIGINT', () => {});

const send = (report: Report, then: () => void = () => {}) => process.send?.(report, then);

/** Logs the error as Lambda's runtime does, reports it, and exits: on AWS, too, nothing else is done in such a process. */
function crash(message: string, error: FunctionErrorBody, exitCode: number): void {
  const { errorType, errorMessage, trace = [] } = error;
  const line = { timestamp: new Date().toISOString(), level: 'error', function: env.AWS_LAMBDA_FUNCTION_NAME, message };
  process.stderr.write(`${JSON.stringify({ ...line, errorName: errorType, errorMessage, stack: trace.join('\n') })}\n`);
  send({ type: 'failure', requestId: current.getStore(), error, isCrash: true }, () => process.exit(exitCode));
}

process.on('uncaughtException', (thrown: unknown) => crash('Uncaught exception', describeThrown(thrown), 129));
process.on('unhandledRejection', (reason) => {
  const { trace = [] } = describeThrown(reason);
  const error = { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason), trace };
  crash('Unhandled promise rejection', error, 128);
});

const contextOf = ({ requestId, deadline }: Invoke) => ({
  awsRequestId: requestId,
  functionName: env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  getRemainingTimeInMillis: () => deadline - Date.now(),
});

async function run(handler: Handler, invoke: Invoke): Promise<void> {
  const { requestId } = invoke;
  try {
    const answer = await handler(JSON.parse(invoke.payload), contextOf(invoke));
    send({ type: 'answer', requestId, payload: JSON.stringify(answer) ?? 'null' });
  } catch (thrown) {
    send({ type: 'failure', requestId, error: describeThrown(thrown), isCrash: false });
  }
}

/** Loads the bundle, CommonJS, by `_HANDLER`: the file without its ending, then the name of the export. */
function loadHandler(): Handler {
  const [file = '', name = ''] = (env._HANDLER ?? '').split('.');
  const bundle: Readonly<Record<string, unknown>> = createRequire(join(env.LAMBDA_TASK_ROOT ?? '', '/'))(`./${file}`);
  const isHandler = (value: unknown): value is Handler => typeof value === 'function';
  const handler = bundle[name];
  if (isHandler(handler)) return handler;
  throw Object.assign(new Error(`${env._HANDLER} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
}

try {
  const handler = loadHandler();
  process.on('message', (invoke: Invoke) => current.run(invoke.requestId, run, handler, invoke));
  send({ type: 'ready', inspectUrl: url() });
  // The pool may end this process before Node would write it.
  flushCompileCache();
} catch (thrown) {
  crash('The bundle cannot be loaded', describeThrown(thrown), 1);
}
