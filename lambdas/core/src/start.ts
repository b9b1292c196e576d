import { setTimeout as delay } from 'node:timers/promises';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type Claimed, claim, executionInput, newExecution, nextExecutionName, unclaimRequest } from './claim.ts';
import { describeError, Problem, tooManyExecutions } from './errors.ts';
import { getExecution } from './executions.ts';
import { getGoal, listActions } from './goals.ts';
import type { HttpAnswer } from './http.ts';
import { errorFields, type Log } from './logger.ts';
import { type RepairTools, repair } from './repair.ts';
import { freeSlots } from './slots.ts';
import { listTasks } from './tasks.ts';
import type { ActionRow, ExecutionRow, GoalRow } from './types.ts';
import type { Workflow } from './workflow.ts';

/** What starting an execution takes. */
export interface StartTools {
  getGoal(goalId: string): Promise<GoalRow | undefined>;
  listActions(goalId: string): Promise<ActionRow[]>;
  /** Ids of the goal's actions that have tasks from before. */
  actionsWithTasks(goalId: string): Promise<ReadonlySet<string>>;
  getExecution(executionArn: string): Promise<ExecutionRow | undefined>;
  repair(record: ExecutionRow): Promise<ExecutionRow>;
  claim(goal: GoalRow, record: ExecutionRow, actions: readonly ActionRow[]): Promise<Claimed>;
  unclaim(record: ExecutionRow, positions: readonly number[]): Promise<void>;
  /** Frees the slots of the user's executions that have ended. @returns false when all of them run */
  freeSlots(userId: string): Promise<boolean>;
  /** Executions that a user may have running. */
  readonly maxRunning: number;
  readonly workflow: Workflow;
  readonly log: Log;
  now(): Date;
}

/** How a call refuses what it cannot start. */
export interface Refusals {
  /** There is no such goal, or it is someone else's (rule 5). */
  notFound(): Problem;
  /** No action of the goal is without tasks. @param actionCount actions that it has */
  nothingToDo(actionCount: number): Problem;
}

export interface Started {
  readonly isNew: boolean;
  readonly record: ExecutionRow;
}

/** The collaborators of a deployed Lambda. */
export function createStartTools(tools: RepairTools, maxRunning: number): StartTools {
  const { db, workflow, log } = tools;
  const repairNow = (record: ExecutionRow) => repair(tools, record, new Date());
  return {
    getGoal: (goalId) => getGoal(db, goalId),
    listActions: (goalId) => listActions(db, goalId),
    actionsWithTasks: async (goalId) => new Set((await listTasks(db, goalId)).map(({ actionId }) => actionId)),
    getExecution: (executionArn) => getExecution(db, executionArn),
    repair: repairNow,
    claim: (goal, record, actions) => claim(db, goal, record, actions, maxRunning),
    unclaim: async (record, positions) => {
      await db.client.send(new TransactWriteCommand(unclaimRequest(db, record, positions, new Date())));
    },
    freeSlots: (userId) =>
      freeSlots(db, userId, async (executionArn) => {
        const record = await getExecution(db, executionArn);
        // One that a crash left behind must not keep its user from starting others.
        return record?.status === 'RUNNING' && (await repairNow(record)).status === 'RUNNING';
      }),
    maxRunning,
    workflow,
    log,
    now: () => new Date(),
  };
}

/** Each round begins with fresh data; more are needed only while others keep changing the same goal, or the user's slots. */
const ROUNDS = 8;

const startDelayed = (cause?: unknown) =>
  new Problem(503, 'start_delayed', 'The start is delayed', 'The goal is kept for you. Send the same request again.', {
    retryAfterSeconds: 2,
    cause,
  });

/**
 * The execution that holds the goal, repaired if a crash left it half done; undefined once it has ended.
 * @throws Problem start_delayed while it is being cancelled: it is no answer to a start, and the goal is free in a moment
 */
async function runningExecution(
  goal: GoalRow,
  { getExecution, repair }: StartTools,
): Promise<ExecutionRow | undefined> {
  const record = goal.executionArn === undefined ? undefined : await getExecution(goal.executionArn);
  const repaired = record && (await repair(record));
  if (repaired?.status !== 'RUNNING') return undefined;
  if (repaired.cancelRequestedAt !== undefined) throw startDelayed();
  return repaired;
}

/** Issues StartExecution for a claim; see rule 1 for what becomes of the claim when that fails. */
async function startClaimed(
  record: ExecutionRow,
  positions: readonly number[],
  { workflow, unclaim, log }: StartTools,
) {
  const { executionArn, goalId } = record;
  try {
    // `exists` means that a repair issued the same StartExecution before this one.
    await workflow.start(record.name, executionInput(record));
  } catch (thrown) {
    log.error('StartExecution failed', { executionArn, goalId, ...errorFields(thrown) });
    if (describeError(thrown).name !== 'PermanentError') throw startDelayed(thrown);
    await unclaim(record, positions);
    throw thrown;
  }
}

/**
 * Starts one execution for all actions of a goal that have no tasks yet. Asked again while it runs, it gives the
 * running execution (rule 1).
 * @throws Problem of `refusals`, start_delayed, too_many_executions
 */
export async function startExecution(
  goalId: string,
  userId: string,
  refusals: Refusals,
  tools: StartTools,
): Promise<Started> {
  const { getGoal, listActions, actionsWithTasks, claim, freeSlots, maxRunning, workflow, log, now } = tools;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const goal = await getGoal(goalId);
    if (goal?.userId !== userId) throw refusals.notFound();
    if (goal.status === 'active') throw refusals.nothingToDo(goal.actionCount);
    if (goal.status === 'processing') {
      const record = await runningExecution(goal, tools);
      if (record) return { isNew: false, record };
      continue;
    }
    const [actions, done] = await Promise.all([listActions(goalId), actionsWithTasks(goalId)]);
    const waiting = actions.filter(({ actionId }) => !done.has(actionId));
    if (waiting.length === 0) throw refusals.nothingToDo(actions.length);
    const record = newExecution(goal, waiting, workflow.executionArnOf(nextExecutionName(goal)), now());
    const { executionArn } = record;
    const claimed = await claim(goal, record, waiting);
    if (claimed === 'full' && !(await freeSlots(userId))) throw tooManyExecutions(maxRunning);
    if (claimed !== 'claimed') {
      // Others of the same user, or of the same goal, are at it: they would meet again without an uneven pause.
      await delay(Math.random() * 20 * round);
      continue;
    }
    log.info('execution claimed', { executionArn, goalId, totalActions: waiting.length });
    await startClaimed(
      record,
      waiting.map(({ position }) => position),
      tools,
    );
    log.info('execution started', { executionArn, goalId, totalActions: waiting.length });
    return { isNew: true, record };
  }
  throw startDelayed();
}

/** The answer to a start: 202 for a new execution, 200 for the one that runs. */
export function startAnswer({ isNew, record }: Started): HttpAnswer {
  const { executionArn, goalId, status, startedAt: startDate } = record;
  return { status: isNew ? 202 : 200, body: { executionArn, goalId, status, startDate } };
}
