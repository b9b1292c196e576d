import { randomUUID } from 'node:crypto';
import { type ApiClient, bodyOf } from '@goal-activity/client/client.ts';
import { ApiError } from '@goal-activity/client/errors.ts';
import type { ExecutionStatus, Goal } from '@goal-activity/client/types.ts';
import { counted, expectThat, Finding } from './finding.ts';
import { contradictions, sayFailure, sayTimes, type Times, timesOf } from './judge.ts';
import { type Context, follow, readEvidence, readGoal, readTasks, settled, startTwice } from './run.ts';

/** What a step saw: a sentence for people, and figures where it has some. */
export interface Seen {
  readonly said: string;
  readonly run?: Times & { readonly tasks: number; readonly aiCalls: number; readonly usd: number };
}

/**
 * Has the tasks of a goal made, and compares everything that the API says of it.
 * @throws Finding saying what contradicts itself
 */
export async function runToEnd(context: Context, goal: Goal): Promise<Seen> {
  const executionArn = await startTwice(context, goal);
  const status = await follow(context, executionArn);
  const failure = sayFailure(status);
  if (failure !== undefined) throw new Finding(failure);
  const evidence = await readEvidence(context, status);
  const found = contradictions(evidence, context);
  if (found.length > 0) throw new Finding(found.join('. '));
  const times = timesOf(evidence);
  const { tasks } = evidence;
  const { aiCalls, estimatedUsd: usd } = status.cost;
  return {
    said: `${counted(goal.actions.length, 'action')}: ${counted(tasks.length, 'task')} ${sayTimes(times)}`,
    run: { ...times, tasks: tasks.length, aiCalls, usd },
  };
}

/** When a run is cancelled: a short one may have ended by the first. */
const MIDDLE = [
  [
    'once some of it was done',
    ({ status, processedActions }: ExecutionStatus) => status !== 'RUNNING' || processedActions > 0,
  ],
  ['at once', () => true],
] as const;

/**
 * Cancels a run of a goal in the middle, and sees that nothing is left of it.
 * @param create makes the goal
 * @returns the goal, which can be started again
 * @throws Finding saying what is left, or that no run lasts long enough to be cancelled
 */
export async function cancelInTheMiddle(context: Context, create: () => Promise<Goal>): Promise<Seen & { goal: Goal }> {
  for (const [when, until] of MIDDLE) {
    const goal = await create();
    const executionArn = await startTwice(context, goal);
    const { processedActions, totalActions } = await follow(context, executionArn, until);
    if (!(await cancel(context, executionArn))) continue;
    const { status } = await readGoal(context, goal.goalId);
    expectThat(status === 'draft', `The goal of a cancelled run is ${status}, and not draft`);
    const tasks = await readTasks(context, goal.goalId);
    expectThat(tasks.length === 0, `A cancelled run has left ${counted(tasks.length, 'task')}`);
    const done = `${processedActions} of ${counted(totalActions, 'action')} were done`;
    return { goal, said: `cancelled ${when} (${done}): its tasks are gone, and the goal is a draft again` };
  }
  throw new Finding('A run could not be cancelled: it had ended each time');
}

/** @returns false when the run had ended by then, which is no fault of the stage */
async function cancel({ api, signal }: Context, executionArn: string): Promise<boolean> {
  const call = { params: { path: { executionArn } }, body: { reason: 'A smoke test' }, signal };
  try {
    const { status } = await bodyOf(api.POST('/api/workflows/{executionArn}/cancel', call));
    expectThat(status === 'ABORTED', `A cancelled run is ${status}, and not ABORTED: ${executionArn}`);
    return true;
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.code === 'execution_ended') return false;
    throw thrown;
  }
}

/** The API's way to refuse. */
async function refused(call: Promise<unknown>, status: number, otherwise: string): Promise<void> {
  const answer = await call.then(
    () => 'it is answered',
    (thrown: unknown) => thrown,
  );
  if (answer instanceof ApiError && answer.status === status) return;
  if (answer instanceof Error && !(answer instanceof ApiError)) throw answer;
  throw new Finding(`${otherwise}: ${answer instanceof Error ? answer.message : answer}`);
}

/** Clients of others than the person whose goals they are. */
export interface Others {
  readonly anonymous: ApiClient;
  readonly forged: ApiClient;
  /** Of somebody else, where there is a token of one. */
  readonly stranger: ApiClient | undefined;
}

/**
 * Sees that others find nothing: without a token, with one that is none, and with that of somebody else if there is one.
 * @throws Finding naming the call that was answered
 */
export async function keepOthersOut(context: Context, others: Others, made: Goal): Promise<Seen> {
  const { signal } = context;
  const { anonymous, forged, stranger } = others;
  await refused(anonymous.GET('/api/goals', { signal }), 401, 'A call without a token is not refused with 401');
  await refused(forged.GET('/api/goals', { signal }), 401, 'A call with a forged token is not refused with 401');
  const { goalId, executionArn } = await readGoal(context, made.goalId);
  const inGoal = { params: { path: { goalId: stranger === undefined ? randomUUID() : goalId } }, signal };
  const inRun = { params: { path: { executionArn: `${executionArn}${stranger === undefined ? '0' : ''}` } }, signal };
  const reader = stranger ?? context.api;
  for (const [what, call] of [
    ['goal', () => reader.GET('/api/goals/{goalId}', inGoal)],
    ['tasks', () => reader.GET('/api/goals/{goalId}/tasks', inGoal)],
    ['start', () => reader.POST('/api/goals/{goalId}/start-activity', inGoal)],
    ['status', () => reader.GET('/api/workflows/{executionArn}/status', inRun)],
    ['history', () => reader.GET('/api/workflows/{executionArn}/history', inRun)],
    ['cancel', () => reader.POST('/api/workflows/{executionArn}/cancel', inRun)],
  ] as const)
    await refused(call(), 404, `Somebody else's ${what} is not refused with 404`);
  const whose =
    stranger === undefined ? 'an id that nobody has, since nobody else could be signed in' : "somebody else's id";
  return { said: `401 without a token and with a forged one, 404 for ${whose}` };
}

/** Reads one page of goals after the other, and sees that the goals of this test are all there, newest first, once each. */
export async function readLists(context: Context, goals: readonly Goal[]): Promise<Seen> {
  const { api, signal } = context;
  const ids = goals.map(({ goalId }) => goalId).reverse();
  const read = async () => {
    const first = await bodyOf(api.GET('/api/goals', { params: { query: { limit: 1 } }, signal }));
    const cursor = first.nextCursor;
    const rest =
      cursor === null
        ? []
        : (await bodyOf(api.GET('/api/goals', { params: { query: { limit: 100, cursor } }, signal }))).items;
    return [...first.items, ...rest].map(({ goalId }) => goalId).filter((goalId) => ids.includes(goalId));
  };
  const listed = await settled(context, read, (found) => found.length === ids.length);
  expectThat(
    listed.join() === ids.join(),
    `The list of goals has ${listed.length} of ${counted(ids.length, 'goal')} that were made, or not the newest first`,
  );
  await bodyOf(api.GET('/api/today', { signal }));
  return { said: `the list of goals, page by page, and what is for today` };
}
