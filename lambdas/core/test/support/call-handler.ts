import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { build } from 'esbuild';
import { environmentOf, FUNCTIONS, type LambdaName } from '../../../../modules/workflow/function-table.ts';
import type { Variable } from '../../../../modules/workflow/variables.ts';
import { STATE_MACHINE_ARN } from '../../../../test/support/stack/goal.ts';
import type { Database } from '../../src/aws/database.ts';
import type { Run } from './handler-worker.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A value that each variable could have. */
function sampleValue(name: Variable): string {
  if (name.endsWith('_MS')) return '10000';
  if (name === 'MAX_RUNNING_OF_STAGE') return '1000';
  if (name.startsWith('USD_') || name.startsWith('MAX_')) return '1';
  return name === 'STATE_MACHINE_ARN' ? 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:m:live' : name;
}

/** What became of one call. */
export interface Outcome {
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

export interface Called extends Outcome {
  /** Its log, parsed. */
  readonly lines: readonly Record<string, unknown>[];
}

/** Of each Lambda, its code and that of what it imports as one script, without the packages. */
const scripts = new Map<LambdaName, Promise<string>>();
/** Threads with nothing to do: each takes one call at a time. They end with the tests. */
const idle: Worker[] = [];
after(() => Promise.all(idle.splice(0).map((worker) => worker.terminate())));

const fileOf = (lambda: LambdaName) => join(ROOT, lambda, 'src', 'handler.ts');

async function bundle(lambda: LambdaName): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileOf(lambda)],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // A thread loads them once, which takes far longer than all the rest of a call.
    external: ['@aws-sdk/*', '@smithy/*', 'logform', 'triple-beam', 'winston', 'winston-transport'],
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** The code of a Lambda as one script, in which the packages are named that it loads. */
export function scriptOf(lambda: LambdaName): Promise<string> {
  const script = scripts.get(lambda) ?? bundle(lambda);
  scripts.set(lambda, script);
  return script;
}

/** Has a thread do this; one that fails by itself is not used again. */
async function runInThread(run: Run): Promise<{ outcomes: Outcome[]; log: string }> {
  const worker = idle.pop() ?? new Worker(join(import.meta.dirname, 'handler-worker.ts'), { env: {}, stdout: true });
  let log = '';
  const read = (chunk: Buffer) => {
    log += chunk;
  };
  worker.stdout.on('data', read);
  worker.postMessage(run);
  const [result]: { outcomes?: Outcome[]; error?: Error }[] = await once(worker, 'message');
  worker.stdout.off('data', read);
  idle.push(worker);
  if (result?.outcomes === undefined) throw result?.error;
  return { outcomes: result.outcomes, log };
}

/**
 * Loads a Lambda's handler.ts anew with exactly the variables that it is deployed with, and calls it once.
 * @param changes to the values of its variables, and the SDK's `AWS_ENDPOINT_URL_*`; without an endpoint, no service answers
 * @param limitMs the time that the function has, as its context says
 * @param ahead what its monotonic clock is ahead, in milliseconds; may change during the call
 * @throws Error when the handler cannot be loaded
 */
export async function callHandler(
  lambda: LambdaName,
  event: unknown,
  changes: Readonly<Record<string, string>> = {},
  limitMs?: number,
  ahead?: Int32Array,
): Promise<Called> {
  const { outcomes, lines } = await callHandlerInTurn(lambda, [event], changes, limitMs, ahead);
  return { ...outcomes[0], lines };
}

/** The same for several events, one after the other, as a Lambda that is warm gets them. */
export async function callHandlerInTurn(
  lambda: LambdaName,
  events: readonly unknown[],
  changes: Readonly<Record<string, string>> = {},
  limitMs = 60_000,
  ahead?: Int32Array,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly lines: Called['lines'] }> {
  const names = Object.values(FUNCTIONS).flatMap((spec): readonly Variable[] => spec.variables);
  const values = Object.fromEntries(names.map((name) => [name, sampleValue(name)]));
  const variables = {
    AWS_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    ...environmentOf(lambda, { ...values, LOG_LEVEL: 'info' }),
    ...changes,
  };
  const script = await scriptOf(lambda);
  const { outcomes, log } = await runInThread({ file: fileOf(lambda), script, variables, events, limitMs, ahead });
  const lines = log.split('\n').filter((line) => line !== '');
  return { outcomes, lines: lines.map((line) => JSON.parse(line)) };
}

/** The event of a request that passed the authorizer. */
export const httpEvent = (routeKey: string, userId: string, parts: object = {}) => ({
  routeKey,
  requestContext: { authorizer: { jwt: { claims: { sub: userId } } } },
  ...parts,
});

/** The parts of an HTTP answer, its body parsed; undefined where it has none. */
export function httpAnswer({ answer }: Outcome): { status: unknown; headers: Record<string, unknown>; body: unknown } {
  const { statusCode: status, headers, body } = Object(answer);
  const isJson = String(headers?.['content-type']).includes('json');
  return { status, headers: { ...headers }, body: isJson ? JSON.parse(body) : body };
}

/** Variables with which a handler finds the database of a test. */
export async function databaseVariables({ client, goals, tasks, executions }: Database) {
  if (!(client instanceof DynamoDBDocumentClient)) throw new Error('this database is no real one');
  const endpoint = await client.config.endpoint?.();
  if (endpoint === undefined) throw new Error('this database has no endpoint of its own');
  const { protocol, hostname, port } = endpoint;
  return {
    AWS_ENDPOINT_URL_DYNAMODB: `${protocol}//${hostname}:${port}`,
    GOALS_TABLE: goals,
    TASKS_TABLE: tasks,
    EXECUTIONS_TABLE: executions,
  };
}

/**
 * Calls a handler on the database of a test.
 * @param aws stands in for Step Functions and CloudWatch
 */
export async function callOn(
  db: Database,
  lambda: LambdaName,
  event: unknown,
  aws?: { readonly url: string },
  changes: Readonly<Record<string, string>> = {},
): Promise<Called> {
  const endpoints = aws ? { AWS_ENDPOINT_URL_SFN: aws.url, AWS_ENDPOINT_URL_CLOUDWATCH: aws.url } : {};
  return callHandler(lambda, event, { ...(await databaseVariables(db)), ...endpoints, STATE_MACHINE_ARN, ...changes });
}
