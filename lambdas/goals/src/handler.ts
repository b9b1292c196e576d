import { randomUUID } from 'node:crypto';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment } from '@goal-activity/core/aws/environment.ts';
import { actionNotFound, goalNotFound } from '@goal-activity/core/errors.ts';
import { readPrices } from '@goal-activity/core/execution/cost.ts';
import { preferredType } from '@goal-activity/core/http/accept.ts';
import { createCursors, readCursorKey } from '@goal-activity/core/http/cursor.ts';
import { httpBoundary, parseRequest, pathParameter } from '@goal-activity/core/http/http.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { readRecentlyTaken } from '@goal-activity/core/pace/recent-pace.ts';
import { addTask } from './add-task.ts';
import { changeAction } from './change-action.ts';
import { changeGoal } from './change-goal.ts';
import { changeTask, removeTask, taskNotFound } from './change-task.ts';
import { CSV, readTasksAsCsv } from './csv.ts';
import { estimateGoal } from './estimate.ts';
import { assertCreatable, createGoal, readGoal, readTasks } from './goals.ts';
import { createGoalOnce, readKey } from './idempotency.ts';
import { listGoals } from './list-goals.ts';
import { deleteGoal } from './removal/delete-goal.ts';
import { readToday } from './today.ts';
import * as validators from './validators.generated.js';

const log = createLog('goals');
const db = openDatabase('goals', 'tasks', 'executions');
const model = { modelId: readEnvironment(['MODEL_ID']).MODEL_ID, prices: readPrices() };
const cursors = createCursors(() => readCursorKey(db));
const DEFAULT_LIMIT = 25;
const TODAY_LIMIT = 10;
const GOAL_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TASK_ID = /^[!-~]{1,200}$/;

const routes: Readonly<Record<string, Parameters<typeof httpBoundary>[1]>> = {
  'POST /api/goals': async ({ userId, body, headers }) => {
    const key = readKey(headers['idempotency-key']);
    const request = body();
    assertCreatable(request);
    const wanted = parseRequest(validators.createGoal, request);
    const { isNew, goal } =
      key === undefined
        ? { isNew: true, goal: await createGoal(db, wanted, userId, randomUUID, new Date()) }
        : await createGoalOnce(db, wanted, userId, key, randomUUID, new Date());
    return { status: isNew ? 201 : 200, body: goal, headers: { location: `/api/goals/${goal.goalId}` } };
  },
  'GET /api/goals': async ({ userId, query }) => {
    const { limit, cursor } = parseRequest(validators.listGoals, query);
    return { status: 200, body: await listGoals(db, userId, Number(limit ?? DEFAULT_LIMIT), cursor, cursors, log) };
  },
  'GET /api/goals/{goalId}': async ({ userId, path }) => ({
    status: 200,
    body: await readGoal(db, pathParameter(path, 'goalId', goalNotFound), userId),
  }),
  'PATCH /api/goals/{goalId}': async ({ userId, path, body }) => {
    const goalId = pathParameter(path, 'goalId', goalNotFound);
    const request = body();
    assertCreatable(request);
    const changes = parseRequest(validators.changeGoal, request);
    return { status: 200, body: await changeGoal(db, { goalId, userId }, changes, randomUUID, new Date()) };
  },
  'DELETE /api/goals/{goalId}': async ({ userId, path, query }) => {
    const goalId = pathParameter(path, 'goalId', goalNotFound, GOAL_ID);
    const { version } = parseRequest(validators.deleteGoal, query);
    await deleteGoal(db, { goalId, userId, version: Number(version) }, new Date());
    return { status: 204 };
  },
  'GET /api/goals/{goalId}/estimate': async ({ userId, path }) => {
    const goalId = pathParameter(path, 'goalId', goalNotFound);
    return { status: 200, body: await estimateGoal(db, { goalId, userId }, readRecentlyTaken(db, log), model) };
  },
  'GET /api/today': async ({ userId, query }) => {
    const { limit } = parseRequest(validators.today, query);
    return { status: 200, body: await readToday(db, userId, Number(limit ?? TODAY_LIMIT)) };
  },
  'PATCH /api/goals/{goalId}/actions/{actionId}': async ({ userId, path, body }) => {
    const goalId = pathParameter(path, 'goalId', goalNotFound);
    const actionId = pathParameter(path, 'actionId', actionNotFound);
    const changes = parseRequest(validators.changeAction, body());
    return { status: 200, body: await changeAction(db, { goalId, actionId, userId }, changes, new Date()) };
  },
  'GET /api/goals/{goalId}/tasks': async ({ userId, path, headers }) => {
    const goalId = pathParameter(path, 'goalId', goalNotFound);
    const isCsv = preferredType(headers.accept, ['application/json', CSV]) === CSV;
    const head = { vary: 'Accept', ...(isCsv ? { 'content-type': `${CSV}; charset=utf-8; header=present` } : {}) };
    const body = isCsv ? await readTasksAsCsv(db, goalId, userId) : await readTasks(db, goalId, userId);
    return { status: 200, body, headers: head };
  },
  'POST /api/goals/{goalId}/tasks': async ({ userId, path, body, headers }) => {
    const goalId = pathParameter(path, 'goalId', goalNotFound);
    const key = readKey(headers['idempotency-key']);
    const wanted = parseRequest(validators.addTask, body());
    const { isNew, task } = await addTask(db, { goalId, userId, key }, wanted, randomUUID, new Date());
    return { status: isNew ? 201 : 200, body: task };
  },
  'PATCH /api/goals/{goalId}/tasks/{taskId}': async ({ userId, path, body }) => {
    const goalId = pathParameter(path, 'goalId', goalNotFound);
    const taskId = pathParameter(path, 'taskId', taskNotFound);
    const changes = parseRequest(validators.changeTask, body());
    return { status: 200, body: await changeTask(db, { goalId, taskId, userId }, changes, new Date()) };
  },
  'DELETE /api/goals/{goalId}/tasks/{taskId}': async ({ userId, path, query }) => {
    const goalId = pathParameter(path, 'goalId', goalNotFound);
    const taskId = pathParameter(path, 'taskId', taskNotFound, TASK_ID);
    const { version } = parseRequest(validators.removeTask, query);
    await removeTask(db, { goalId, taskId, userId }, Number(version));
    return { status: 204 };
  },
};

export const handler = httpBoundary(log, async (request) => {
  const route = routes[request.routeKey];
  if (route === undefined) throw new Error(`the API sends ${request.routeKey} here, which goals does not serve`);
  return route(request);
});
