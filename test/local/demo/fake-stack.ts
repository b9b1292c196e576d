/** For the tests of the demo: a stack that answers its calls by the contract, without running anything. */
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { createContract } from '../../contract.ts';
import { isObject, type JsonObject } from '../../contract-document.ts';

const contract = createContract(join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.yaml'));
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

/** The goal that was created, with what the fake needs of its actions. */
interface CreatedGoal extends JsonObject {
  readonly actions: readonly JsonObject[];
}

function readGoal(body: unknown): CreatedGoal {
  if (!isObject(body) || !Array.isArray(body.actions)) throw new Error('no goal was sent');
  return { ...body, actions: body.actions.filter(isObject) };
}

/** A stack that answers the demo's calls by the contract: two status requests after the start, everything is done. */
export function fakeStack({ failing = [], answers = {}, onStatus, runningFor = 1 }: Script) {
  let goal: CreatedGoal = { actions: [] };
  let startedAt = 0;
  let statusRequests = 0;
  const calls: string[] = [];

  const actions = () =>
    goal.actions.map((action, position) => ({ ...action, actionId: `action-${position}`, position }));
  const saved = () => actions().filter(({ position }) => !failing.includes(position));

  function status(): object {
    statusRequests += 1;
    onStatus?.(statusRequests);
    const running = statusRequests <= runningFor;
    const count = goal.actions.length;
    const ended = failing.length === 0 ? 'SUCCEEDED' : failing.length < count ? 'PARTIALLY_SUCCEEDED' : 'FAILED';
    return {
      executionArn: ARN,
      goalId: GOAL_ID,
      status: running ? 'RUNNING' : ended,
      startDate: new Date(startedAt + 50).toISOString(),
      stopDate: running ? null : new Date(startedAt + RUN_MS).toISOString(),
      currentState: 'ProcessBatches',
      progressPercentage: running ? 25 : 100,
      processedActions: running ? count / 4 : count,
      totalActions: count,
      currentBatch: 1,
      totalBatches: 8,
      estimatedSecondsRemaining: running ? 3 : 0,
      failedActions: failing.map((position) => ({
        actionId: `action-${position}`,
        title: goal.actions[position]?.title,
        error: 'PermanentError',
        reason: 'The AI refused access.',
      })),
      slowActions: [],
      outcomes: actions().map(({ actionId, position }) => ({
        actionId,
        position,
        outcome: failing.includes(position) ? 'FAILED' : 'SAVED',
        taskCount: failing.includes(position) ? 0 : 2,
      })),
      cost: { aiCalls: 64, inputTokens: 10_000, outputTokens: 20_000, estimatedUsd: 0.33 },
      summary: running ? null : 'Done.',
    };
  }

  function answer(call: string, body: unknown): Answer {
    switch (call) {
      case 'POST /local/token':
        return { status: 200, body: { token: 'a-token' } };
      case 'POST /api/goals':
        goal = readGoal(body);
        return {
          status: 201,
          headers: { location: `/api/goals/${GOAL_ID}` },
          body: {
            ...goal,
            actions: actions(),
            goalId: GOAL_ID,
            status: 'draft',
            version: 1,
            createdAt: new Date().toISOString(),
            executionArn: null,
          },
        };
      case `POST /api/goals/${GOAL_ID}/start-activity`:
        startedAt = Date.now();
        return {
          status: 202,
          body: { executionArn: ARN, goalId: GOAL_ID, status: 'RUNNING', startDate: new Date(startedAt).toISOString() },
        };
      case `GET /api/goals/${GOAL_ID}/tasks`:
        return {
          status: 200,
          body: {
            tasks: saved().flatMap(({ actionId }) =>
              [0, 1].map((index) => ({
                taskId: `${actionId}#${index}`,
                actionId,
                title: `Task ${index} of ${actionId}`,
                description: '',
                type: 'execution',
                estimatedMinutes: 15,
                status: 'not_started',
                executionArn: ARN,
              })),
            ),
          },
        };
      default:
        return call === `GET /api/workflows/${encodeURIComponent(ARN)}/status`
          ? { status: 200, headers: { etag: 'W/"fake"', 'retry-after': '1' }, body: status() }
          : { status: 404, body: { message: 'Not Found' } };
    }
  }

  const broken: unknown[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const text = await new Response(ReadableStream.from(request)).text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const { method = '', url = '' } = request;
    calls.push(`${method} ${url}`);
    const scripted = answers[`${method} ${url}`];
    const { status, body: content, headers: given } = scripted ?? answer(`${method} ${url}`, body);
    const headers = { 'content-type': 'application/json', ...given };
    if (!scripted && url.startsWith('/api/')) {
      try {
        expect(request.headers.authorization).to.equal('Bearer a-token');
        contract.checkRequest(method, url, body);
        contract.checkResponse(method, url, status, headers, content);
      } catch (error) {
        broken.push(error);
      }
    }
    response.writeHead(status, headers);
    response.end(typeof content === 'string' ? content : JSON.stringify(content));
  });
  return { server, calls, broken };
}
