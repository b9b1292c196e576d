import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, bodyOf } from '@goal-activity/client/client.ts';
import { ApiError } from '@goal-activity/client/errors.ts';
import type { ExecutionHistory, ExecutionStatus, Goal, ListedExecution, Task } from '@goal-activity/client/types.ts';
import { counted, expectThat, Finding, seconds } from './finding.ts';

/** What a test has at hand. */
export interface Context {
  readonly api: ApiClient;
  /** How long a run may take until it is taken for stuck. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Whether an emulator of AWS is tried, whose history does not tell what the iterations of a Map did. */
  readonly isEmulator: boolean;
  /** Tells a person how far it is. */
  readonly progress: (line: string) => void;
}

const POLL_MS = 250;
const PROGRESS_EVERY_MS = 5_000;
/** Lists and the engine's history are read from copies, which AWS promises "usually within a second" of the original. */
const LONGEST_SETTLING_MS = 15_000;

/**
 * Starts a goal twice at once, as somebody does who presses the button twice.
 * @returns the ARN of its one run
 * @throws Finding when there are two
 */
export async function startTwice(context: Context, { goalId }: Goal): Promise<string> {
  const { api, signal } = context;
  async function start(): Promise<string | null> {
    try {
      const call = { params: { path: { goalId } }, signal };
      return (await bodyOf(api.POST('/api/goals/{goalId}/start-activity', call))).executionArn;
    } catch (thrown) {
      // It had to wait, and the run of the other has ended by now.
      if (!(thrown instanceof ApiError && thrown.code === 'goal_already_active')) throw thrown;
      return (await readGoal(context, goalId)).executionArn;
    }
  }
  const [first, second] = await Promise.all([start(), start()]);
  expectThat(first !== null, `A goal that was started has no run: ${goalId}`);
  expectThat(first === second, `A goal that was started twice at once has two runs: ${first} and ${second}`);
  return first;
}

export const readStatus = ({ api, signal }: Context, executionArn: string): Promise<ExecutionStatus> =>
  bodyOf(api.GET('/api/workflows/{executionArn}/status', { params: { path: { executionArn } }, signal }));

export const readGoal = ({ api, signal }: Context, goalId: string): Promise<Goal> =>
  bodyOf(api.GET('/api/goals/{goalId}', { params: { path: { goalId } }, signal }));

export async function readTasks({ api, signal }: Context, goalId: string): Promise<readonly Task[]> {
  const { tasks } = await bodyOf(api.GET('/api/goals/{goalId}/tasks', { params: { path: { goalId } }, signal }));
  return tasks;
}

/**
 * Follows a run until a condition holds.
 * @throws Finding when it still does not after the limit
 */
export async function follow(
  context: Context,
  executionArn: string,
  until: (status: ExecutionStatus) => boolean = ({ status }) => status !== 'RUNNING',
): Promise<ExecutionStatus> {
  const begunAt = performance.now();
  let toldAt = begunAt;
  for (;;) {
    const status = await readStatus(context, executionArn);
    if (until(status)) return status;
    const { processedActions, totalActions, currentState } = status;
    const now = performance.now();
    if (now - begunAt > context.limitMs) {
      const where = `${processedActions} of ${counted(totalActions, 'action')} are done, in the state ${currentState}`;
      throw new Finding(
        `A run is stuck: after ${seconds(now - begunAt)} it is ${status.status}, ${where}: ${executionArn}`,
      );
    }
    if (now - toldAt > PROGRESS_EVERY_MS) {
      toldAt = now;
      context.progress(`  ${processedActions} of ${totalActions} after ${seconds(now - begunAt)} ...`);
    }
    await sleep(POLL_MS, undefined, { signal: context.signal });
  }
}

/**
 * Reads until what is read is complete, since it comes from a copy.
 * @returns what was read last, complete or not
 */
export async function settled<Read>(
  { signal, limitMs }: Pick<Context, 'signal' | 'limitMs'>,
  read: () => Promise<Read>,
  isComplete: (read: Read) => boolean,
): Promise<Read> {
  for (
    const giveUpAt = performance.now() + Math.min(LONGEST_SETTLING_MS, limitMs);
    ;
    await sleep(POLL_MS, undefined, { signal })
  ) {
    const found = await read();
    if (isComplete(found) || performance.now() > giveUpAt) return found;
  }
}

/** Everything that the API says of a run and its goal. */
export interface Evidence {
  readonly status: ExecutionStatus;
  readonly goal: Goal;
  readonly tasks: readonly Task[];
  readonly history: ExecutionHistory;
  /** The run in the list of runs; undefined when it is not there. */
  readonly listed: ListedExecution | undefined;
}

/** Reads what there is to read of a run that has ended. */
export async function readEvidence(context: Context, status: ExecutionStatus): Promise<Evidence> {
  const { api, signal } = context;
  const { executionArn, goalId } = status;
  const inHistory = { params: { path: { executionArn } }, signal };
  const inList = { params: { query: { goalId, limit: 100 } }, signal };
  return {
    status,
    goal: await readGoal(context, goalId),
    tasks: await readTasks(context, goalId),
    history: await settled(
      context,
      () => bodyOf(api.GET('/api/workflows/{executionArn}/history', inHistory)),
      ({ events }) => events.some(({ kind }) => kind === 'end'),
    ),
    listed: await settled(
      context,
      async () =>
        (await bodyOf(api.GET('/api/workflows', inList))).items.find((run) => run.executionArn === executionArn),
      (run) => run !== undefined && run.status !== 'RUNNING',
    ),
  };
}
