import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, createApiClient } from '@goal-activity/client/client.ts';
import type { ExecutionStatus, Goal, Task } from '@goal-activity/client/types.ts';
import { type LocalStack, type StackOptions, startStack } from '../../../local/stack.ts';
import { createContract } from '../../contract.ts';
import { useDataDir } from '../data-dir.ts';

/** Every answer of every integration test is checked against docs/openapi.yaml. */
export const contract = createContract(join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.yaml'));

export type { Goal, Task };
/** What a start answers; its run may be over by then. */
export type Started = Pick<ExecutionStatus, 'executionArn' | 'goalId' | 'status' | 'startDate'>;
export type Status = ExecutionStatus;

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** Reads an answer and checks it against the contract. */
async function read<Body>(method: string, path: string, response: Response): Promise<Answer<Body>> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const body = text === '' ? undefined : isJson ? JSON.parse(text) : text;
  contract.checkResponse(method, path, response.status, response.headers, body);
  return { status: response.status, body, headers: response.headers };
}

/**
 * Sends any request, right or wrong, and checks the answer against the contract; the caller names the schema's type.
 * What is right goes through the `api` of `signIn`.
 */
export async function send<Body = { code: string }>(
  url: string,
  method: string,
  path: string,
  options: {
    token?: string | undefined;
    body?: unknown;
    /** The body as it is. */
    raw?: string | Buffer | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
  } = {},
): Promise<Answer<Body>> {
  const content = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(content === undefined ? {} : { body: content }),
  });
  return read(method, path, response);
}

/** Asks again while the answer is 5xx, as the API's problems tell a client to. */
async function patiently<Given extends { status: number }>(
  ask: () => Promise<Given>,
  limitMs = 200_000,
): Promise<Given> {
  for (const giveUpAt = performance.now() + limitMs; ; await sleep(10)) {
    const answer = await ask();
    if (answer.status < 500) return answer;
    if (performance.now() > giveUpAt) throw new Error(`nothing but ${answer.status}`);
  }
}

/** The API's client for a user, with every answer checked against the contract. */
function clientOf(url: string, token: string, isPatient: boolean) {
  return createApiClient({
    baseUrl: url,
    token: () => token,
    async fetch(input, init) {
      // Who is patient does not mind the client's time limit.
      const request = new Request(input, isPatient ? { ...init, signal: null } : init);
      const { pathname, search } = new URL(request.url);
      const ask = async () => read(request.method, pathname + search, await fetch(request.clone()));
      const { status, headers, body } = await (isPatient ? patiently(ask) : ask());
      return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
    },
  });
}

/**
 * Tries an assertion again until it holds: for lists, which come from indexes that lag behind the tables.
 * @throws its last failure, after `limitMs`
 */
export async function eventually<Result>(assert: () => Promise<Result>, limitMs = 60_000): Promise<Result> {
  for (const giveUpAt = performance.now() + limitMs; ; await sleep(20)) {
    try {
      return await assert();
    } catch (failure) {
      if (performance.now() > giveUpAt) throw failure;
    }
  }
}

const pathTo = (what: string) => (executionArn: string) => `/api/workflows/${encodeURIComponent(executionArn)}/${what}`;
export const statusPath = pathTo('status');
export const cancelPath = pathTo('cancel');
export const retryPath = pathTo('retry');
export const historyPath = pathTo('history');

/** A title for each action; every test names what it wants of the AI by tags such as `[ai:denied]`. */
export const titles = (count: number, tagOf: (index: number) => string = () => '') =>
  Array.from({ length: count }, (_, index) => `Walk ${index + 1} km in the hills ${tagOf(index)}`.trim());

/** The stacks of this process, by their address: their engines know more of an execution than an answer of 5xx says. */
const stacks = new Map<string, Pick<LocalStack, 'stepFunctions'>>();

/** A token from the local control call. */
async function issueToken(url: string, request: { userId: string; expiresInSeconds?: number }): Promise<string> {
  const response = await fetch(`${url}/local/token`, { method: 'POST', body: JSON.stringify(request) });
  return JSON.parse(await response.text()).token;
}

/**
 * A signed-in user of a stack.
 * @param isPatient asks again while the answer is 5xx, as users of a stack must that is as unkind as AWS
 */
export async function signIn(url: string, userId: string, { isPatient = false } = {}) {
  const token = await issueToken(url, { userId });
  const call = <Body>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => {
    const ask = () => send<Body>(url, method, path, { token, headers, ...(body === undefined ? {} : { body }) });
    return isPatient ? patiently(ask) : ask();
  };
  const api = clientOf(url, token, isPatient);
  const getStatus = (executionArn: string) =>
    bodyOf(api.GET('/api/workflows/{executionArn}/status', { params: { path: { executionArn } } }));
  const getGoal = (goalId: string) => bodyOf(api.GET('/api/goals/{goalId}', { params: { path: { goalId } } }));
  return {
    token,
    api,
    call,
    getStatus,
    getGoal,
    createGoal(actionTitles: readonly string[]): Promise<Goal> {
      const actions = actionTitles.map((title) => ({ title, type: 'habit' as const }));
      // Asking again must not make a second goal.
      const header = isPatient ? { 'Idempotency-Key': randomUUID() } : {};
      return bodyOf(
        api.POST('/api/goals', { params: { header }, body: { title: 'Walk across the country', actions } }),
      );
    },
    listTasks: async (goalId: string) =>
      (await bodyOf(api.GET('/api/goals/{goalId}/tasks', { params: { path: { goalId } } }))).tasks,
    listGoals: (query: { limit?: number; cursor?: string } = {}) =>
      bodyOf(api.GET('/api/goals', { params: { query } })),
    listExecutions: (query: { goalId?: string; limit?: number } = {}) =>
      bodyOf(api.GET('/api/workflows', { params: { query } })),
    historyOf: (executionArn: string) =>
      bodyOf(api.GET('/api/workflows/{executionArn}/history', { params: { path: { executionArn } } })),
    async start(goalId: string): Promise<Answer<Started>> {
      let tries = 0;
      const ask = () => {
        tries += 1;
        return this.startOnce(goalId);
      };
      const answer = await (isPatient ? patiently(ask) : ask());
      if (answer.status !== 409 || tries === 1) return answer;
      // It was carried out though it was answered 5xx, and its run is over.
      const { executionArn } = await getGoal(goalId);
      return executionArn === null ? answer : { ...answer, status: 200, body: await getStatus(executionArn) };
    },
    startOnce: (goalId: string) => send<Started>(url, 'POST', `/api/goals/${goalId}/start-activity`, { token }),
    /** Whether the engine has an execution, running or not. */
    hasBegun(executionArn: string): boolean {
      try {
        return stacks.get(url)?.stepFunctions.executions.describe(executionArn) !== undefined;
      } catch {
        return false;
      }
    },
    cancel: (executionArn: string, reason = 'a test') => call<Status>('POST', cancelPath(executionArn), { reason }),
    /** Polls until the status answer is as wanted; fails after `limitMs`. */
    async waitFor(executionArn: string, wanted: (status: Status) => boolean, limitMs = 200_000): Promise<Status> {
      const giveUpAt = performance.now() + limitMs;
      // Each poll costs what a page's does: what takes long is asked about less often.
      for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.3, 60)) {
        const status = await getStatus(executionArn);
        if (wanted(status)) return status;
        if (performance.now() > giveUpAt)
          throw new Error(`waited in vain; the last status is ${JSON.stringify(status)}`);
        await sleep(pauseMs);
      }
    },
    /** As `waitFor`; while the engine of a stack of `useStack` runs it, that is asked, which costs no request. */
    async waitForEnd(executionArn: string, limitMs = 200_000): Promise<Status> {
      const giveUpAt = performance.now() + limitMs;
      const isRunning = () => stacks.get(url)?.stepFunctions.executions.running().includes(executionArn);
      while (isRunning() && performance.now() < giveUpAt) await sleep(10);
      return this.waitFor(executionArn, ({ status }) => status !== 'RUNNING', limitMs);
    },
  };
}

export type User = Awaited<ReturnType<typeof signIn>>;

/** In a stack that is quicker, a step has a second: on a busy machine, the first call of a new process may need that. */
const QUICK = 0.05;

/** Runs a small goal of a user of its own, so that what a test measures is no first call. */
async function warmUp(url: string): Promise<void> {
  const user = await signIn(url, 'warm-up', { isPatient: true });
  const { goalId } = await user.createGoal(titles(2));
  const { status, body } = await user.start(goalId);
  if (status < 300) await user.waitForEnd(body.executionArn);
}

/** What a test may put between the parts of a stack. */
export type TestStackOptions = Pick<StackOptions, 'proxy' | 'ai' | 'deliver' | 'aroundTask'> & {
  /** It may be started again on the same data, which costs more than data in memory. */
  readonly onDisk?: boolean;
};

/**
 * A local stack of its own for the tests of one describe block, in a temporary folder.
 * @returns a function that gives the stack, from within a hook or test; its `restart` closes it and starts it again
 */
export function useStack(
  environment: Readonly<Record<string, string>> = {},
  { onDisk = false, ...options }: TestStackOptions = {},
): (() => LocalStack) & { restart(): Promise<void> } {
  let stack: LocalStack | undefined;
  const close = async () => {
    stacks.delete(stack?.url ?? '');
    await stack?.close();
  };
  const dataDir = useDataDir(close);
  async function start(): Promise<void> {
    stack = await startStack({
      // More than a test starts: those about the limit set it.
      environment: { AI_LATENCY_MS: '30', MAX_RUNNING_EXECUTIONS: '1000', ...environment, DATA_DIR: dataDir() },
      port: 0,
      quiet: true,
      inMemory: !onDisk,
      ...options,
    });
    stacks.set(stack.url, stack);
    if (Number(environment.TIME_SCALE ?? 1) < QUICK) await warmUp(stack.url);
  }
  before(async function () {
    this.timeout(300_000);
    await start();
  });
  const getStack = () => {
    if (stack === undefined) throw new Error('useStack() belongs in a describe block');
    return stack;
  };
  return Object.assign(getStack, {
    async restart() {
      await close();
      await start();
    },
  });
}
