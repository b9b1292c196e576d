import { UNARCHIVED_SHARD } from '../../../lambdas/core/src/execution/records.ts';
import { actionKey, GOAL } from '../../../lambdas/core/src/goal/rows.ts';
import { arnOf, type ExecutionState } from '../model/step-functions.ts';
import type { Bounds } from '../world/bounds.ts';
import type { Lambda } from '../world/lambdas.ts';
import type { World } from '../world/world.ts';

export const USER = 'user-1';

/** Who does what, and from where on it is interleaved. */
export interface Scenario {
  readonly bounds: Partial<Bounds>;
  /** Seeds the tables, and whoever acts before the interleaving. */
  prepare(world: World): void;
  /** The plainest schedule runs until this holds; then everything is interleaved. Left out: from the beginning on. */
  readonly until?: (world: World) => boolean;
  /** Whoever acts. */
  act(world: World): void;
}

const CREATED_AT = '2025-12-31T00:00:00.000Z';

/** A goal with actions, a draft. */
export function seedGoal(world: World, goalId = 'g', actionCount = 2): void {
  world.db.put(`goals|${goalId}|${GOAL}`, {
    goalId,
    sk: GOAL,
    userId: USER,
    title: 'Goal',
    description: '',
    deadline: null,
    status: 'draft',
    version: 1,
    actionCount,
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    attempt: 0,
  });
  for (let position = 0; position < actionCount; position += 1) {
    const sk = actionKey(position);
    world.db.put(`goals|${goalId}|${sk}`, {
      goalId,
      sk,
      actionId: `${goalId}a${position}`,
      position,
      title: `Action ${position}`,
      description: '',
      type: 'execution',
    });
  }
}

const request = (routeKey: string, pathParameters: Readonly<Record<string, string>>, body?: object) => ({
  routeKey,
  headers: {},
  pathParameters,
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  requestContext: { requestId: 'request', authorizer: { jwt: { claims: { sub: USER } } } },
});

export const recordOf = (world: World, name: string) => world.db.items.get(`executions|${arnOf(name)}|EXECUTION`);
export const executionOf = (world: World, name: string) => world.stepFunctions.executions.get(arnOf(name));

type When = (world: World) => boolean;

const always: When = () => true;
const isThere =
  (name: string): When =>
  (world) =>
    recordOf(world, name) !== undefined;
export const hasEnded =
  (name: string): When =>
  (world) =>
    isThere(name)(world) && recordOf(world, name)?.status !== 'RUNNING';
/** The archiver is to take it. */
export const isUnarchived =
  (name = 'g-1'): When =>
  (world) =>
    recordOf(world, name)?.runningShard === UNARCHIVED_SHARD;

function later(world: World, id: string, lambda: Lambda, event: object, when: When): void {
  world.happenings.push({
    label: `begin ${id}`,
    isPossible: () => when(world),
    happen: () => void world.invoke(id, lambda, event),
  });
}

/** What people, the schedule and time do. Each begins at any moment at which it is possible. */
export const start = (world: World, id: string, goalId = 'g', when = always) =>
  later(world, id, 'start-workflow', request('POST /api/goals/{goalId}/start-activity', { goalId }), when);
export const cancel = (world: World, id: string, name = 'g-1', when = isThere(name)) =>
  later(world, id, 'cancel-workflow', request('POST', { executionArn: arnOf(name) }, { reason: 'no' }), when);
export const retry = (world: World, id: string, name = 'g-1', when = hasEnded(name)) =>
  later(world, id, 'retry-workflow', request('POST', { executionArn: arnOf(name) }), when);
export const status = (world: World, id: string, name = 'g-1', when = isThere(name)) =>
  later(world, id, 'get-status', request('GET', { executionArn: arnOf(name) }), when);
export const sweep = (world: World, id: string, when = always) => later(world, id, 'reconcile-executions', {}, when);
export const archive = (world: World, id: string, when = always) => later(world, id, 'archive-executions', {}, when);
export const change = (world: World, id: string, actionId: string, title: string, when = always) => {
  const route = 'PATCH /api/goals/{goalId}/actions/{actionId}';
  later(world, id, 'goals', request(route, { goalId: 'g', actionId }, { title }), when);
};

/** Time passes. */
export const tick = (world: World, seconds: number, when = always) =>
  world.happenings.push({
    label: `${seconds} s pass`,
    isPossible: () => when(world),
    happen: () => world.pass(seconds * 1000),
  });

/** An execution is ended from outside: its time is over, or an operator stops it. */
export const end = (world: World, name: string, how: ExecutionState, when = always) =>
  world.happenings.push({
    label: `${name} is ${how}`,
    isPossible: () => executionOf(world, name)?.status === 'RUNNING' && when(world),
    happen: () => endNow(world, name, how),
  });

export function endNow(world: World, name: string, how: ExecutionState): void {
  const execution = executionOf(world, name);
  if (execution === undefined) throw new Error(`no execution ${name}`);
  world.stepFunctions.end(execution, how);
}

/** The AI refuses the actions at these positions for good. */
export const refuse = (world: World, positions: readonly number[], names = ['g-1']) => {
  world.isRefused = (name, position) => names.includes(name) && positions.includes(position);
};

/** A goal of two actions, whose execution a person starts. */
export const prepareRun = (world: World) => {
  seedGoal(world);
  start(world, 'first');
};
/** One of the two fails, so that people are to be told. */
export const prepareFailingRun = (world: World) => {
  refuse(world, [1]);
  prepareRun(world);
};

/** The steps between the start of a run and its settlement that call the database. */
export const STEPS: readonly Lambda[] = [
  'get-actions',
  'create-batches',
  'update-progress',
  'save-tasks',
  'aggregate-results',
];

/** Holds as soon as an invocation of this Lambda is under way. */
export const isAtWork =
  (lambda: Lambda, id = ''): When =>
  ({ actors }) =>
    actors.some((actor) => actor.lambda === lambda && actor.state === 'live' && actor.id.startsWith(id));
