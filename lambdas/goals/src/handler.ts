import { randomUUID } from 'node:crypto';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment } from '@goal-activity/core/environment.ts';
import { goalNotFound } from '@goal-activity/core/errors.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  httpBoundary,
  parseRequest,
  pathParameter,
} from '@goal-activity/core/http.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { goalRow } from '@goal-activity/core/validators.generated.js';
import { assertCreatable, createGoal, listGoals, readCursor, readGoal, readTasks } from './goals.ts';
import * as validators from './validators.generated.js';

const { GOALS_TABLE: goals, TASKS_TABLE: tasks } = readEnvironment(['GOALS_TABLE', 'TASKS_TABLE']);
const db = createDatabase({ goals, tasks });
const DEFAULT_LIMIT = 25;

const routes: Readonly<Record<string, (request: HttpRequest) => Promise<HttpAnswer>>> = {
  'POST /api/goals': async ({ userId, body }) => {
    const request = body();
    assertCreatable(request);
    const goal = await createGoal(db, parseRequest(validators.createGoal, request), userId, randomUUID, new Date());
    return { status: 201, body: goal, headers: { location: `/api/goals/${goal.goalId}` } };
  },
  'GET /api/goals': async ({ userId, query }) => {
    const { limit, cursor } = parseRequest(validators.listGoals, query);
    const start = readCursor(cursor, userId, validators.goalCursor);
    return { status: 200, body: await listGoals(db, userId, Number(limit ?? DEFAULT_LIMIT), start, goalRow) };
  },
  'GET /api/goals/{goalId}': async ({ userId, path }) => ({
    status: 200,
    body: await readGoal(db, pathParameter(path, 'goalId', goalNotFound), userId),
  }),
  'GET /api/goals/{goalId}/tasks': async ({ userId, path }) => ({
    status: 200,
    body: await readTasks(db, pathParameter(path, 'goalId', goalNotFound), userId),
  }),
};

export const handler = httpBoundary(createLog('goals'), async (request) => {
  const route = routes[request.routeKey];
  if (route === undefined) throw new Error(`the API sends ${request.routeKey} here, which goals does not serve`);
  return route(request);
});
