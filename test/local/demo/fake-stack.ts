/** For the tests of the demo: a stack that answers its calls by the types of the contract, without running anything. */
import { createServer } from 'node:http';
import type { ExecutionStatus, Goal, NewGoal, Task } from '@goal-activity/client/types.ts';

export const GOAL_ID = '0b6f8f5e-6a5c-4d3e-9b1a-2f4c7d8e9a10';
export const ARN = `arn:aws:states:ap-northeast-1:123456789012:execution:goal-activity-dev:${GOAL_ID}-1`;
/** From the start request to the stop date of the fake's execution. */
export const RUN_MS = 3120;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the fake stack behaves. */
export interface Script {
  /** Positions of the actions that fail. */
  readonly failing?: readonly number[];
  /** Answers of its own for some calls, such as `POST /api/goals`. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** Called for every status request with its number, from 1. */
  readonly onStatus?: (count: number) => void;
  /** Status requests that are answered as running; 1 by default. */
  readonly runningFor?: number;
}

const goalOf = ({ title, description = '', deadline = null, actions }: NewGoal): Goal => ({
  goalId: GOAL_ID,
  title,
  description,
  deadline,
  status: 'draft',
  version: 1,
  createdAt: new Date().toISOString(),
  executionArn: null,
  actions: actions.map((action, position) => ({
    description: '',
    subGoal: null,
    ...action,
    actionId: `action-${position}`,
    position,
  })),
});

const taskOf = (actionId: string, index: number): Task => ({
  taskId: `${actionId}#${index}`,
  actionId,
  title: `Task ${index} of ${actionId}`,
  description: '',
  type: 'execution',
  estimatedMinutes: 15,
  status: 'not_started',
  executionArn: ARN,
});

function statusOf({ actions }: Goal, failing: readonly number[], startedAt: number, isRunning: boolean) {
  const count = actions.length;
  const ended = failing.length === 0 ? 'SUCCEEDED' : failing.length < count ? 'PARTIALLY_SUCCEEDED' : 'FAILED';
  const hasFailed = ({ position }: { position: number }) => failing.includes(position);
  const status: ExecutionStatus = {
    executionArn: ARN,
    goalId: GOAL_ID,
    status: isRunning ? 'RUNNING' : ended,
    startDate: new Date(startedAt + 50).toISOString(),
    stopDate: isRunning ? null : new Date(startedAt + RUN_MS).toISOString(),
    currentState: 'ProcessBatches',
    progressPercentage: isRunning ? 25 : 100,
    processedActions: isRunning ? count / 4 : count,
    totalActions: count,
    currentBatch: 1,
    totalBatches: 8,
    estimatedSecondsRemaining: isRunning ? 3 : 0,
    failedActions: actions.filter(hasFailed).map(({ actionId, title }) => ({
      actionId,
      title,
      error: 'PermanentError',
      reason: 'The AI refused access.',
    })),
    slowActions: [],
    outcomes: actions.map(({ actionId, position }) => ({
      actionId,
      position,
      outcome: hasFailed({ position }) ? 'FAILED' : 'SAVED',
      taskCount: hasFailed({ position }) ? 0 : 2,
    })),
    cost: { aiCalls: 64, inputTokens: 10_000, outputTokens: 20_000, estimatedUsd: 0.33 },
    summary: isRunning ? null : 'Done.',
  };
  return status;
}

/** A stack that answers the demo's calls: two status requests after the start, everything is done. */
export function fakeStack({ failing = [], answers = {}, onStatus, runningFor = 1 }: Script) {
  let goal: Goal = goalOf({ title: '', actions: [] });
  let startedAt = 0;
  let statusRequests = 0;
  const calls: string[] = [];

  function answer(call: string, text: string): Answer {
    switch (call) {
      case 'POST /local/token':
        return { status: 200, body: { token: 'a-token' } };
      case 'POST /api/goals':
        goal = goalOf(JSON.parse(text));
        return { status: 201, body: goal };
      case `POST /api/goals/${GOAL_ID}/start-activity`:
        startedAt = Date.now();
        return { status: 202, body: statusOf(goal, [], startedAt, true) };
      case `GET /api/goals/${GOAL_ID}/tasks`: {
        const saved = goal.actions.filter(({ position }) => !failing.includes(position));
        return {
          status: 200,
          body: { tasks: saved.flatMap(({ actionId }) => [taskOf(actionId, 0), taskOf(actionId, 1)]) },
        };
      }
      case `GET /api/workflows/${encodeURIComponent(ARN)}/status`:
        statusRequests += 1;
        onStatus?.(statusRequests);
        return { status: 200, body: statusOf(goal, failing, startedAt, statusRequests <= runningFor) };
      default:
        return { status: 404, body: { message: 'Not Found' } };
    }
  }

  const server = createServer(async (request, response) => {
    const call = `${request.method} ${request.url}`;
    calls.push(call);
    const text = await new Response(ReadableStream.from(request)).text();
    const isAllowed = call === 'POST /local/token' || request.headers.authorization === 'Bearer a-token';
    const { status, body, headers } = isAllowed
      ? (answers[call] ?? answer(call, text))
      : { status: 401, body: { message: 'Unauthorized' } };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return { server, calls };
}
