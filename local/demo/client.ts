/** The calls that the demo makes, over HTTP as any client would; each answer is checked for what the demo reads of it. */
import { Ajv, type ValidateFunction } from 'ajv';
import type { FromSchema } from 'json-schema-to-ts';
import type { Messages } from './messages.ts';

const REQUEST_TIMEOUT_SECONDS = 30;

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;

const tokenSchema = { type: 'object', properties: { token: text }, required: ['token'] } as const;
const aiSettingsSchema = {
  type: 'object',
  properties: { latencyMs: { type: 'string', pattern: '^[0-9]+(-[0-9]+)?$' } },
  required: ['latencyMs'],
} as const;
const goalSchema = {
  type: 'object',
  properties: {
    goalId: text,
    title: text,
    actions: {
      type: 'array',
      items: {
        type: 'object',
        properties: { actionId: text, title: text, subGoal: { type: ['string', 'null'] } },
        required: ['actionId', 'title'],
      },
    },
  },
  required: ['goalId', 'title', 'actions'],
} as const;
const startedSchema = { type: 'object', properties: { executionArn: text }, required: ['executionArn'] } as const;
const statusSchema = {
  type: 'object',
  properties: {
    status: { enum: ['RUNNING', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
    stopDate: { type: ['string', 'null'] },
    progressPercentage: count,
    processedActions: count,
    totalActions: count,
    estimatedSecondsRemaining: count,
    failedActions: {
      type: 'array',
      items: {
        type: 'object',
        properties: { title: text, error: text, reason: text },
        required: ['title', 'error', 'reason'],
      },
    },
    outcomes: {
      type: 'array',
      items: { type: 'object', properties: { actionId: text, outcome: text }, required: ['actionId', 'outcome'] },
    },
    cost: {
      type: 'object',
      properties: { aiCalls: count, inputTokens: count, outputTokens: count, estimatedUsd: { type: 'number' } },
      required: ['aiCalls', 'inputTokens', 'outputTokens', 'estimatedUsd'],
    },
  },
  required: [
    'status',
    'stopDate',
    'progressPercentage',
    'processedActions',
    'totalActions',
    'estimatedSecondsRemaining',
    'failedActions',
    'outcomes',
    'cost',
  ],
} as const;
const tasksSchema = {
  type: 'object',
  properties: {
    tasks: {
      type: 'array',
      items: {
        type: 'object',
        properties: { actionId: text, title: text, estimatedMinutes: count },
        required: ['actionId', 'title', 'estimatedMinutes'],
      },
    },
  },
  required: ['tasks'],
} as const;
/** A problem of the application, or an error of the gateway. */
const errorSchema = {
  type: 'object',
  properties: { code: text, detail: text, message: text },
} as const;

export type Goal = FromSchema<typeof goalSchema>;
export type ExecutionStatus = FromSchema<typeof statusSchema>;
export type Task = FromSchema<typeof tasksSchema>['tasks'][number];

const ajv = new Ajv({ strict: true });
const isError = ajv.compile<FromSchema<typeof errorSchema>>(errorSchema);
const isToken = ajv.compile<FromSchema<typeof tokenSchema>>(tokenSchema);
const isAiSettings = ajv.compile<FromSchema<typeof aiSettingsSchema>>(aiSettingsSchema);
const isGoal = ajv.compile<Goal>(goalSchema);
const isStarted = ajv.compile<FromSchema<typeof startedSchema>>(startedSchema);
const isStatus = ajv.compile<ExecutionStatus>(statusSchema);
const isTasks = ajv.compile<FromSchema<typeof tasksSchema>>(tasksSchema);

/** A failure that ends the demo; the message is for a person, in their language. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

export interface DemoClient {
  /** Milliseconds that an answer of the mock AI takes: the only one, or the mean of the range. TIME_SCALE leaves it alone. */
  meanAiLatencyMs(): Promise<number>;
  createGoal(goal: object): Promise<Goal>;
  /** @returns the execution's ARN */
  startActivity(goalId: string): Promise<string>;
  getStatus(executionArn: string): Promise<ExecutionStatus>;
  listTasks(goalId: string): Promise<Task[]>;
}

/**
 * Signs in as a user of the local stack.
 * @param url where the stack listens, such as `http://127.0.0.1:3000`
 * @param signal ends every call when it is aborted; calls then throw its reason
 * @throws DemoError when a call fails, like every method of the client
 */
export async function connect(
  url: string,
  userId: string,
  messages: Messages,
  signal: AbortSignal,
): Promise<DemoClient> {
  let token: string | undefined;

  async function call<T>(method: 'GET' | 'POST', path: string, expected: ValidateFunction<T>, body?: object) {
    const name = `${method} ${path}`;
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_SECONDS * 1000);
    let response: Response;
    let content: string;
    try {
      response = await fetch(`${url}${path}`, {
        method,
        signal: AbortSignal.any([signal, timeout]),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      content = await response.text();
    } catch (cause) {
      signal.throwIfAborted();
      if (timeout.aborted) throw new DemoError(messages.noAnswerInTime(name, REQUEST_TIMEOUT_SECONDS), { cause });
      throw new DemoError(messages.unreachable(name, reasonOf(cause)), { cause });
    }
    const answer = parseJson(content);
    if (!response.ok) throw new DemoError(messages.answered(name, response.status, explain(answer, content)));
    if (expected(answer)) return answer;
    throw new DemoError(messages.unexpectedAnswer(name, ajv.errorsText(expected.errors, { dataVar: 'answer' })));
  }

  token = (await call('POST', '/local/token', isToken, { userId })).token;

  return {
    async meanAiLatencyMs() {
      const { latencyMs } = await call('GET', '/local/ai', isAiSettings);
      const bounds = latencyMs.split('-').map(Number);
      return bounds.reduce((sum, bound) => sum + bound, 0) / bounds.length;
    },
    createGoal: (goal) => call('POST', '/api/goals', isGoal, goal),
    async startActivity(goalId) {
      return (await call('POST', `/api/goals/${encodeURIComponent(goalId)}/start-activity`, isStarted)).executionArn;
    },
    getStatus: (executionArn) => call('GET', `/api/workflows/${encodeURIComponent(executionArn)}/status`, isStatus),
    async listTasks(goalId) {
      return (await call('GET', `/api/goals/${encodeURIComponent(goalId)}/tasks`, isTasks)).tasks;
    },
  };
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** The code and detail of a problem, the gateway's message, or the start of whatever else came. */
function explain(answer: unknown, content: string): string {
  if (isError(answer)) {
    const known = [answer.code, answer.detail ?? answer.message].filter((part) => part !== undefined);
    if (known.length > 0) return known.join(': ');
  }
  return content.slice(0, 200) || '(empty)';
}

/** `fetch` hides the reason ("connect ECONNREFUSED ...") in the cause of a "fetch failed". */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error && thrown.cause.message ? thrown.cause.message : thrown.message;
}
