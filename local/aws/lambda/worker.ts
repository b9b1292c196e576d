/**
 * The process that runs one Lambda's bundle: the part of Lambda's Node.js runtime that the bundle can see. Its
 * settings are the environment variables that Lambda has for them; invocations come over the IPC channel.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { flushCompileCache } from 'node:module';
import { describeThrown, type FunctionErrorBody, RESPONSE_LIMIT, responseTooLarge } from './errors.ts';
import { type Handler, loadHandler, RuntimeError } from './load-handler.ts';
import { type Invoke, parseInvoke, type Report } from './protocol.ts';

const { env } = process;
/** Tells which of the invocations in flight an uncaught error belongs to. */
const current = new AsyncLocalStorage<string>();
let isLoaded = false;
delete env.NODE_COMPILE_CACHE;

// The pool is gone, perhaps by kill -9.
const leave = () => process.exit(0);
process.on('disconnect', leave);
if (!process.connected) leave();
// Ctrl-C reaches every process of the terminal's group, but it is for the pool to end its workers in order.
process.on('SIGINT', () => {});

const send = (report: Report, then: () => void = () => {}) => process.send?.(report, then);

/** Lambda's runtime logs what ended it; a JSON line, as the functions' log format says. */
function logError(message: string, error: FunctionErrorBody): void {
  const { errorType, errorMessage, trace = [] } = error;
  const line = { timestamp: new Date().toISOString(), level: 'error', function: env.AWS_LAMBDA_FUNCTION_NAME, message };
  process.stderr.write(`${JSON.stringify({ ...line, errorName: errorType, errorMessage, stack: trace.join('\n') })}\n`);
}

/** Reports the error, then exits: on AWS, too, nothing else is done in such a process. */
function crash(message: string, error: FunctionErrorBody, exitCode: number): void {
  logError(message, error);
  const exit = () => process.exit(exitCode);
  const requestId = current.getStore();
  if (!isLoaded) send({ type: 'init-failure', error }, exit);
  else send({ type: 'crash', error, ...(requestId === undefined ? {} : { requestId }) }, exit);
}

process.on('uncaughtException', (thrown: unknown) => crash('Uncaught exception', describeThrown(thrown), 129));
process.on('unhandledRejection', (reason) => {
  const error = describeThrown(new RuntimeError('UnhandledPromiseRejection', String(reason)));
  const { trace } = describeThrown(reason);
  crash('Unhandled promise rejection', trace === undefined ? error : { ...error, trace }, 128);
});

const contextOf = ({ requestId, functionArn, deadline }: Invoke) => ({
  awsRequestId: requestId,
  callbackWaitsForEmptyEventLoop: false,
  clientContext: undefined,
  functionName: env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
  identity: undefined,
  invokedFunctionArn: functionArn,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  getRemainingTimeInMillis: () => deadline - Date.now(),
});

function serialize(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (thrown) {
    throw new RuntimeError('JSONStringifyError', 'Unable to stringify response body', thrown);
  }
}

async function run(handler: Handler, invoke: Invoke): Promise<void> {
  const { requestId } = invoke;
  try {
    const payload = serialize(await handler(JSON.parse(invoke.payload), contextOf(invoke)));
    if (Buffer.byteLength(payload) > RESPONSE_LIMIT) send({ type: 'failure', requestId, error: responseTooLarge() });
    else send({ type: 'answer', requestId, payload });
  } catch (thrown) {
    send({ type: 'failure', requestId, error: describeThrown(thrown) });
  }
}

try {
  const handler = loadHandler(env.LAMBDA_TASK_ROOT ?? '', env._HANDLER ?? '');
  process.on('message', (message: unknown) => {
    const invoke = parseInvoke(message);
    if (invoke !== undefined) current.run(invoke.requestId, run, handler, invoke);
  });
  isLoaded = true;
  send({ type: 'ready' });
  // The pool may end this process before Node would write it.
  flushCompileCache();
} catch (thrown) {
  crash('The bundle cannot be loaded', describeThrown(thrown), 1);
}
