import { setTimeout as delay } from 'node:timers/promises';
import { describeError, executionCancelling, goalProcessing, Problem, tooManyExecutions } from '../errors.ts';
import { claim, executionInput, isForClaim, newExecution, nextExecutionName, unclaim } from '../execution/claim.ts';
import { getGoal, listActions } from '../goal/rows.ts';
import { freeSlots } from '../goal/slots.ts';
import { countTasks } from '../goal/task-counts.ts';
import { isMade, listTaskStates } from '../goal/tasks.ts';
import type { HttpAnswer } from '../http/http.ts';
import { errorFields } from '../log/logger.ts';
import type { ExecutionRow, GoalRow } from '../types.ts';
import { type Admission, tooBusy } from './admission.ts';
import { type RepairTools, repair } from './repair.ts';

/** What starting an execution takes. */
export interface StartTools extends RepairTools {
  /** Executions that a user may have running. */
  readonly maxRunning: number;
  readonly admission: Admission;
}

/** Who wants which goal's tasks made. */
export interface StartRequest {
  readonly goalId: string;
  readonly userId: string;
  /** The action, tasks or not, whose tasks are to be made; those of all that have none when it is left out. */
  readonly actionId?: string;
}

/** How a call refuses what it cannot start. */
export interface Refusals {
  /** There is no such goal, or it is someone else's (rule 5). */
  notFound(): Problem;
  /** No action of the goal is without tasks, or it has not the one that is wanted. @param actionCount actions that it has */
  nothingToDo(actionCount: number): Problem;
}

export interface Started {
  readonly isNew: boolean;
  readonly record: ExecutionRow;
}

/** Each round begins with fresh data; more are needed only while others keep changing the same goal, or the user's slots. */
const ROUNDS = 8;

const startDelayed = (cause?: unknown) =>
  new Problem(503, 'start_delayed', 'The start is delayed', 'The goal is kept for you. Send the same request again.', {
    retryAfterSeconds: 2,
    cause,
  });

/**
 * Issues StartExecution for a claim (rule 1).
 * @param isOwn whether this call made the claim: it alone takes it back when StartExecution is refused for good, since
 * to whoever made it, it may have been granted
 * @returns `taken`: the name was another execution's and the claim is taken back; `ended`: a repair issued the same
 * StartExecution before this one, and the execution has ended since
 * @throws Problem start_delayed while the execution may have been started; the refusal when the claim is taken back
 */
async function startClaimed(
  record: ExecutionRow,
  isOwn: boolean,
  { executions, workflow, log }: StartTools,
): Promise<'started' | 'ended' | 'taken'> {
  const { executionArn, goalId } = record;
  try {
    if ((await workflow.start(record.name, executionInput(record))) === 'started') return 'started';
    const found = await workflow.describe(executionArn);
    if (found !== undefined && isForClaim(record, found)) return 'ended';
    // DescribeExecution is behind for a moment, and whoever made the claim may have been told that its execution began.
    if (found === undefined && !isOwn) throw startDelayed();
    log.warn('the name of the execution is taken', { executionArn, goalId });
    await unclaim(executions, record);
    return 'taken';
  } catch (thrown) {
    log.error('StartExecution failed', { executionArn, goalId, ...errorFields(thrown) });
    if (isOwn && describeError(thrown).name === 'PermanentError' && (await unclaim(executions, record))) throw thrown;
    throw startDelayed(thrown);
  }
}

/**
 * The execution that holds the goal, repaired if a crash left it half done; undefined once it has ended, or its claim is
 * taken back. A claim that is not confirmed may still be taken back by the start that made it, so it is no answer before
 * this call's own StartExecution went through and the record says so.
 * @throws Problem execution_cancelling while it is being cancelled: it is no answer to a start, and the goal is free in a
 * moment; start_delayed
 */
async function runningExecution(goal: GoalRow, tools: StartTools): Promise<ExecutionRow | undefined> {
  const { executions } = tools;
  const record = goal.executionArn === undefined ? undefined : await executions.get(goal.executionArn);
  const repaired = record && (await repair(tools, record));
  if (repaired?.status !== 'RUNNING') return undefined;
  if (repaired.cancelRequestedAt !== undefined) throw executionCancelling();
  if (repaired.confirmedAt !== undefined) return repaired;
  const state = await startClaimed(repaired, false, tools);
  const confirm = () => executions.changeOpen(repaired.executionArn, { confirmedAt: executions.now().toISOString() });
  const isThere = state === 'ended' || (state === 'started' && (await confirm()));
  return isThere ? repaired : undefined;
}

/**
 * How many actions a goal has, which of them are to be run, and how many others have no tasks yet. Tasks that people added
 * keep no action from its tasks.
 */
async function readActions({ executions: { db } }: StartTools, goal: GoalRow, actionId: string | undefined) {
  const [actions, tasks] = await Promise.all([listActions(db, goal.goalId), listTaskStates(db, goal.goalId)]);
  const done = new Set(tasks.filter(isMade).map((task) => task.actionId));
  const waiting = actions.filter((action) => !done.has(action.actionId));
  const wanted = actionId === undefined ? waiting : actions.filter((action) => action.actionId === actionId);
  const leftOut = waiting.filter((action) => !wanted.includes(action)).length;
  const counts = goal.taskCount === undefined ? countTasks(goal, tasks) : undefined;
  return { actionCount: actions.length, wanted, leftOut, counts };
}

/** Whether an execution in a slot runs. One that a crash left behind must not keep its user from starting others. */
async function isRunning(tools: StartTools, executionArn: string): Promise<boolean> {
  const record = await tools.executions.get(executionArn);
  return record?.status === 'RUNNING' && (await repair(tools, record)).status === 'RUNNING';
}

/** How many executions of a user run. @throws Problem too_many_executions */
async function countRunning(tools: StartTools, userId: string): Promise<number> {
  const running = await freeSlots(tools.executions.db, userId, (executionArn) => isRunning(tools, executionArn));
  if (running >= tools.maxRunning) throw tooManyExecutions(tools.maxRunning);
  return running;
}

/**
 * Starts one execution for all actions of a goal that have no tasks yet, or for one action alone. Asked again while it
 * runs, it gives the running execution (rule 1).
 * @throws Problem of `refusals`, goal_processing while one action alone is wanted and others run, execution_cancelling,
 * start_delayed, too_busy, too_many_executions
 */
export async function startExecution(
  { goalId, userId, actionId }: StartRequest,
  refusals: Refusals,
  tools: StartTools,
): Promise<Started> {
  const { executions, admission, maxRunning, workflow, log } = tools;
  /** Names to skip: the first ones that are taken, then more and more. */
  let skipped = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    // Others of the same user, or of the same goal, are at it: they would meet again without an uneven pause.
    if (round > 1) await delay(Math.random() * 20 * round);
    const found = await getGoal(executions.db, goalId);
    if (found?.userId !== userId) throw refusals.notFound();
    if (found.status === 'active' && actionId === undefined) throw refusals.nothingToDo(found.actionCount);
    if (found.status === 'processing') {
      const record = await runningExecution(found, tools);
      if (record === undefined) continue;
      if (actionId !== undefined && record.actionIds.join() !== actionId) throw goalProcessing();
      return { isNew: false, record };
    }
    const admitted = admission.isOpenTo(() => countRunning(tools, userId));
    const [read, isOpen] = await Promise.all([readActions(tools, found, actionId), admitted]);
    const { wanted, leftOut } = read;
    if (wanted.length === 0) throw refusals.nothingToDo(read.actionCount);
    if (!isOpen) {
      log.warn('start refused', { goalId, reason: 'too_busy' });
      throw tooBusy();
    }
    const goal = { ...found, attempt: found.attempt + skipped };
    const executionArn = workflow.executionArnOf(nextExecutionName(goal));
    const record = newExecution(goal, wanted, executionArn, executions.now(), leftOut);
    const claimed = await claim(executions, goal, record, wanted, maxRunning, read.counts);
    if (claimed === 'full') await countRunning(tools, userId);
    if (claimed === 'taken') skipped = 2 * skipped + 1;
    if (claimed !== 'claimed') continue;
    admission.note();
    log.info('execution claimed', { executionArn, goalId, goalStatus: 'processing', totalActions: wanted.length });
    if ((await startClaimed(record, true, tools)) === 'taken') continue;
    log.info('execution started', { executionArn, goalId, totalActions: wanted.length });
    return { isNew: true, record };
  }
  throw startDelayed();
}

/** The answer to a start: 202 for a new execution, 200 for the one that runs. */
export function startAnswer({ isNew, record }: Started): HttpAnswer {
  const { executionArn, goalId, status, startedAt: startDate } = record;
  return { status: isNew ? 202 : 200, body: { executionArn, goalId, status, startDate } };
}
