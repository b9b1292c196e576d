import { AsyncLocalStorage } from 'node:async_hooks';
import { Writable } from 'node:stream';
import format from 'logform/format.js';
import { MESSAGE } from 'triple-beam';
import createLogger from 'winston/lib/winston/create-logger.js';
import Transport from 'winston-transport';
import { escapeControls } from './escape-controls.ts';

/**
 * All that a log line may carry besides time, level, function and message. Whole events, titles, prompts, tokens and
 * addresses are not on it, so they cannot reach a log by accident.
 */
export const LOG_FIELDS = [
  'executionArn',
  'goalId',
  'actionId',
  'position',
  'attempt',
  'userId',
  'awsRequestId',
  'requestId',
  'routeKey',
  'httpStatus',
  'code',
  'state',
  'status',
  'outcome',
  'goalStatus',
  'durationMs',
  'actionMs',
  'usualActionMs',
  'taskCount',
  'totalActions',
  'savedActions',
  'failedActions',
  'inputTokens',
  'outputTokens',
  'modelId',
  'advice',
  'errorName',
  'errorMessage',
  'stack',
  'invalidPaths',
  'reason',
] as const;

export type LogFields = Partial<Record<(typeof LOG_FIELDS)[number], string | number | readonly string[]>>;
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (message: string, fields?: LogFields) => void>;

/** What every line of the invocation under way carries. */
const current = new AsyncLocalStorage<LogFields>();

/** Runs an invocation, every line of which carries these fields, also those that it learns on the way, unless it says otherwise. */
export const withFields = <Result>(fields: LogFields, run: () => Result): Result => current.run(fields, run);

const allowListed = format((info) => {
  const line: Record<string, unknown> = {
    timestamp: new Date().toISOString(),
    level: info.level,
    function: info.function,
    message: info.message,
  };
  for (const name of LOG_FIELDS) if (info[name] !== undefined) line[name] = info[name];
  info[MESSAGE] = escapeControls(JSON.stringify(line));
  return info;
});

/**
 * The one logger factory: JSON lines with an ISO-8601 time in milliseconds UTC.
 * @param functionName short name of the Lambda, such as `save-tasks`
 * @param stream where lines go; standard output unless told
 * @param level `debug`, `info`, `warn` or `error`; else environment variable LOG_LEVEL, else `info`
 */
export function createLog(
  functionName: string,
  stream: Writable = process.stdout,
  level: string = process.env.LOG_LEVEL ?? 'info',
): Log {
  const transport = new Transport({
    log(line: { [MESSAGE]?: unknown }, next) {
      stream.write(`${String(line[MESSAGE])}\n`);
      next();
    },
  });
  const logger = createLogger({
    level,
    defaultMeta: { function: functionName },
    format: allowListed(),
    transports: [transport],
  });
  const write =
    (at: keyof Log) =>
    (message: string, fields: LogFields = {}) =>
      void logger.log(at, message, { ...current.getStore(), ...fields });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** A log that keeps its lines, parsed, for tests. */
export function createMemoryLog(functionName = 'test'): { log: Log; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  return { log: createLog(functionName, stream, 'debug'), lines };
}

/** The stack of an error and of what caused it: an error that got its class later was thrown elsewhere. */
function stackOf({ stack = '', cause }: Error, depth = 1): string {
  if (!(cause instanceof Error) || depth === 4) return stack;
  return `${stack.slice(0, 1500)}\nCaused by: ${stackOf(cause, depth + 1)}`;
}

/** The fields that a failure is logged with. */
export function errorFields(thrown: unknown): LogFields {
  if (!(thrown instanceof Error)) return { errorName: 'Error', errorMessage: String(thrown).slice(0, 300) };
  return {
    errorName: thrown.name,
    errorMessage: thrown.message.slice(0, 300),
    ...(thrown.stack === undefined ? {} : { stack: stackOf(thrown).slice(0, 4000) }),
  };
}
