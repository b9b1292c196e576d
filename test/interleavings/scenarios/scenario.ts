import { isIn, UNARCHIVED } from '../../../lambdas/core/src/execution/records.ts';
import { actionKey, GOAL } from '../../../lambdas/core/src/goal/rows.ts';
import { keyOf } from '../model/dynamo.ts';
import { arnOf, type ExecutionState } from '../model/step-functions.ts';
import { recordOf } from '../rules/rows.ts';
import type { Bounds } from '../world/bounds.ts';
import type { Lambda } from '../world/lambdas.ts';
import { request, USER } from '../world/request.ts';
import type { World } from '../world/world.ts';

/** Something that people, the schedule or time do to a world, at once or at any moment from then on. */
type Act = (world: World) => void;
type When = (world: World) => boolean;

/** Where the interleaving begins. */
export interface From {
  /** Seeds the tables, and whoever acts before the interleaving. */
  readonly prepare: Act;
  /** The plainest schedule runs until this holds; then everything is interleaved. Left out: from the beginning on. */
  readonly until?: When;
}

/** Who does what, and from where on it is interleaved. */
export interface Scenario extends From {
  /** Where they differ from BOUNDS. */
  readonly bounds: Partial<Bounds>;
  readonly acts: readonly Act[];
}

const CREATED_AT = '2025-12-31T00:00:00.000Z';

/** Writes a goal with actions, a draft. */
export function seedGoal({ db }: World, goalId = 'g', actionCount = 2): void {
  const goal = {
    ...{ goalId, sk: GOAL, userId: USER, title: 'Goal', description: '', deadline: null, status: 'draft', version: 1 },
    ...{ actionCount, createdAt: CREATED_AT, updatedAt: CREATED_AT, attempt: 0, taskCount: 0, doneTaskCount: 0 },
  };
  const actions = Array.from({ length: actionCount }, (_, position) => ({
    ...{ goalId, sk: actionKey(position), actionId: `${goalId}a${position}`, position },
    ...{ title: `Action ${position}`, description: '', type: 'execution' },
  }));
  for (const row of [goal, ...actions]) db.put(keyOf('goals', row), row);
}

export const recordNamed = (world: World, name: string) => recordOf(world, arnOf(name));
export const executionOf = (world: World, name: string) => world.stepFunctions.executions.get(arnOf(name));

const always: When = () => true;
const isThere = (name: string) => (world: World) => recordNamed(world, name) !== undefined;
export const hasEnded = (name: string) => (world: World) =>
  isThere(name)(world) && recordNamed(world, name)?.status !== 'RUNNING';
/** The archiver is to take it. */
export const isUnarchived = (world: World) => isIn(UNARCHIVED, recordNamed(world, 'g-1') ?? {});
/** Step Functions has ended it. */
export const hasStopped = (world: World) => executionOf(world, 'g-1')?.status !== 'RUNNING';

export const later =
  (label: string, isPossible: When, happen: Act): Act =>
  (world) =>
    world.happenings.push({ label, isPossible: () => isPossible(world), happen: () => happen(world) });

export const invoke = (id: string, lambda: Lambda, event: object, when = always) =>
  later(`begin ${id}`, when, (world) => void world.invoke(id, lambda, event));

/** What people and the schedule do. Each begins at any moment at which it is possible. */
export const start = (id: string, goalId = 'g', when = always) =>
  invoke(id, 'start-workflow', request('POST /api/goals/{goalId}/start-activity', { goalId }), when);
export const cancel = (id: string, name = 'g-1') =>
  invoke(id, 'cancel-workflow', request('POST', { executionArn: arnOf(name) }, { reason: 'no' }), isThere(name));
const retry = (id: string) =>
  invoke(id, 'retry-workflow', request('POST', { executionArn: arnOf('g-1') }), hasEnded('g-1'));
export const status = (id: string, when = isThere('g-1')) =>
  invoke(id, 'get-status', request('GET', { executionArn: arnOf('g-1') }), when);
export const sweep = (id: string, when = always) => invoke(id, 'reconcile-executions', {}, when);
export const archive = (id: string, when = always) => invoke(id, 'archive-executions', {}, when);
/** Changes the text of an action. */
export const change = (id: string, actionId = 'ga0') => {
  const route = 'PATCH /api/goals/{goalId}/actions/{actionId}';
  return invoke(id, 'goals', request(route, { goalId: 'g', actionId }, { title: 'Another text' }));
};

const hasTask = (taskId: string) => (world: World) => world.db.items.has(`tasks|g|${taskId}`);
const TASK = '/api/goals/{goalId}/tasks/{taskId}';
/** A person checks a task off, or removes one, once it is there. */
export const check = (id: string, taskId = 'ga0#1-0') =>
  invoke(
    id,
    'goals',
    request(`PATCH ${TASK}`, { goalId: 'g', taskId }, { version: 1, status: 'done' }),
    hasTask(taskId),
  );
export const remove = (id: string, taskId = 'ga0#1-1') =>
  invoke(id, 'goals', request(`DELETE ${TASK}`, { goalId: 'g', taskId }, undefined, { version: '1' }), hasTask(taskId));
const add = (id: string) => {
  const body = { actionId: 'ga0', title: 'Added', type: 'habit', estimatedMinutes: 5 };
  return invoke(id, 'goals', request('POST /api/goals/{goalId}/tasks', { goalId: 'g' }, body));
};
/** Makes the tasks of the first action again, once the first execution has ended. */
export const again = (id: string) => {
  const path = '/api/goals/{goalId}/actions/{actionId}/make-again';
  return invoke(id, 'start-workflow', request(`POST ${path}`, { goalId: 'g', actionId: 'ga0' }), hasEnded('g-1'));
};

const WORDS: Readonly<Record<string, (id: string) => Act>> = {
  ...{ start, cancel, retry, status, sweep, archive, change },
  ...{ check, remove, add, again },
};

/** A word of these, with what tells two of one kind apart: `startA`. */
function actOf(id: string): Act {
  const word = WORDS[id.replace(/[A-Z]$/, '')];
  if (word === undefined) throw new Error(`nobody knows how to ${id}`);
  return word(id);
}

/** @param acts a text has one of the words above, or several: `startA startB` */
export const scenario = (from: From, bounds: Partial<Bounds>, ...acts: readonly (Act | string)[]): Scenario => ({
  ...from,
  bounds,
  acts: acts.flatMap((act) => (typeof act === 'string' ? act.split(' ').map(actOf) : act)),
});

/** Time passes. */
export const tick = (seconds: number, when: When = always) =>
  later(`${seconds} s pass`, when, (world) => world.pass(seconds * 1000));

/** An execution is ended from outside: its time is over, or an operator stops it. */
export const end = (how: ExecutionState, when: When = always, name = 'g-1') =>
  later(
    `${name} is ${how}`,
    (world) => executionOf(world, name)?.status === 'RUNNING' && when(world),
    (world) => endNow(world, name, how),
  );

function endNow(world: World, name: string, how: ExecutionState): void {
  const execution = executionOf(world, name);
  if (execution === undefined) throw new Error(`no execution ${name}`);
  world.stepFunctions.end(execution, how);
}

/** The first execution has timed out, its last step was under way, and all graces are over. */
export const hasTimedOut: Act = (world) => {
  endNow(world, 'g-1', 'TIMED_OUT');
  world.pass(915_000);
  world.isTellingDisturbed = false;
};

/** The AI refuses the actions at these positions for good, of the first execution. */
export const refuse =
  (...positions: readonly number[]): Act =>
  (world) => {
    world.isRefused = (name, position) => name === 'g-1' && positions.includes(position);
  };

/** Holds as soon as an invocation of this Lambda is under way. */
const isAtWork = (lambda: Lambda, id: string) => (world: World) =>
  world.actors.some((actor) => actor.lambda === lambda && actor.state === 'live' && actor.id.startsWith(id));

/** What was there before: a goal of two actions, unless it is told otherwise. */
export const before = (...acts: readonly Act[]): From => ({
  prepare: (world) => {
    if (!acts.includes(ofOneAction)) seedGoal(world);
    for (const act of acts) act(world);
  },
});
export const ofOneAction: Act = (world) => seedGoal(world, 'g', 1);
/** The goal is from before its tasks were counted. */
export const uncounted: Act = ({ db }) => {
  const { taskCount: _, doneTaskCount: __, ...goal } = db.items.get('goals|g|GOAL') ?? {};
  db.put('goals|g|GOAL', goal);
};

/** The same, and a person has started it: it is run until a Lambda is at work. */
export const runTo = (lambda: Lambda, ...acts: readonly Act[]): From => ({
  ...before(...acts, start('first')),
  until: isAtWork(lambda, ''),
});
/** A failed run, whose failed action is tried again. */
export const retryTo = (lambda: Lambda): From => ({
  ...before(refuse(1), start('first'), retry('second')),
  until: isAtWork(lambda, 'g-2/'),
});
/** A run of one action whose tasks are made again. */
export const againTo = (lambda: Lambda): From => ({
  ...before(ofOneAction, start('first'), again('second')),
  until: isAtWork(lambda, 'g-2/'),
});
