import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { MODEL_ACCESS } from '../../lambdas/core/src/execution/advice.ts';
import { idealMs } from '../../local/demo/summary.ts';
import { counted, seconds } from './finding.ts';
import type { Context, Evidence } from './run.ts';

/** The state that asks the AI. */
const ASKS = 'GenerateTasks';
/** What a run may take beyond the time that none can beat, until that is worth a remark: the first one starts every function. */
const SLOW = { times: 2, besidesMs: 10_000 };

/** How long a run took, by its own records. */
export interface Times {
  readonly actions: number;
  readonly elapsedMs: number;
  /** The middle one of its AI calls, from the state's entry to its exit; undefined when the history has none. */
  readonly aiMs: number | undefined;
  /** What no run of so many actions can beat with such calls. */
  readonly idealMs: number | undefined;
}

export function timesOf({ status, history }: Pick<Evidence, 'status' | 'history'>): Times {
  const calls = history.events
    .filter(({ kind, state }) => kind === 'state' && state === ASKS)
    .flatMap(({ durationMs }) => durationMs ?? [])
    .sort((one, other) => one - other);
  const aiMs = calls[Math.floor(calls.length / 2)];
  const { totalActions: actions, startDate, stopDate } = status;
  return {
    actions,
    elapsedMs: Date.parse(stopDate ?? startDate) - Date.parse(startDate),
    aiMs,
    idealMs: aiMs === undefined ? undefined : idealMs(actions, aiMs),
  };
}

/** A run's times in words, with a remark when it was slow. */
export function sayTimes({ elapsedMs, aiMs, idealMs: ideal }: Times): string {
  if (aiMs === undefined || ideal === undefined) return `in ${seconds(elapsedMs)}`;
  const said = `in ${seconds(elapsedMs)}; an AI call took ${seconds(aiMs)}, so no run takes less than ${seconds(ideal)}`;
  return elapsedMs > SLOW.times * ideal + SLOW.besidesMs ? `${said}. That is slow: see its history` : said;
}

/** What to do when the AI refuses, which nothing of the stage can mend. */
const ACCESS = 'The model refuses access: make check-model says why.';

/** Why a run did not do all that it was asked for; undefined when it did. */
export function sayFailure({
  status,
  totalActions,
  outcomes,
  failedActions,
  error,
}: ExecutionStatus): string | undefined {
  if (status === 'SUCCEEDED') return undefined;
  const saved = outcomes.filter(({ outcome }) => outcome === 'SAVED').length;
  const [first] = failedActions;
  const why = first === undefined ? (error ?? 'no reason is given') : `${first.error}: ${first.reason}`;
  const advice = MODEL_ACCESS.test(why) ? ` ${ACCESS}` : '';
  return `A run of ${counted(totalActions, 'action')} ended as ${status}, with tasks of ${saved}: ${why}${/[.!]$/.test(why) ? '' : '.'}${advice}`;
}

/**
 * What contradicts itself in what the API says of a run that succeeded, each in a sentence. Nothing is compared with what this test
 * wishes for but the number of actions: one side is always another answer.
 */
export function contradictions(
  { status, goal, tasks, history, listed }: Evidence,
  { isEmulator }: Pick<Context, 'isEmulator'>,
): string[] {
  const { executionArn, outcomes, totalActions } = status;
  const found: string[] = [];
  const must = (holds: boolean, otherwise: string) => void (holds || found.push(otherwise));
  const made = tasks.filter((task) => task.executionArn === executionArn);
  const counts = Map.groupBy(made, ({ actionId }) => actionId);

  must(goal.status === 'active', `The goal is ${goal.status} after a run that succeeded, and not active`);
  must(goal.executionArn === executionArn, `The goal names another run than its own: ${goal.executionArn}`);
  must(
    outcomes.length === goal.actions.length,
    `The status tells of ${counted(outcomes.length, 'action')}, but the goal has ${goal.actions.length}`,
  );
  must(
    totalActions === goal.actions.length,
    `The status counts ${counted(totalActions, 'action')}, but the goal has ${goal.actions.length}`,
  );
  for (const { actionId, position, outcome, taskCount } of outcomes) {
    const there = counts.get(actionId)?.length ?? 0;
    if (outcome !== 'SAVED') found.push(`Action ${position + 1} is ${outcome} in a run that succeeded`);
    else if (there < taskCount)
      found.push(`Tasks are lost: action ${position + 1} has ${there} of the ${taskCount} that its run saved`);
    else if (there > taskCount || there === 0)
      found.push(`Action ${position + 1} has ${counted(there, 'task')}, but its run saved ${taskCount}`);
  }
  must(goal.taskCount === tasks.length, `The goal counts ${counted(goal.taskCount, 'task')}, but has ${tasks.length}`);
  must(
    tasks.every(({ title, estimatedMinutes }) => title.trim() !== '' && estimatedMinutes > 0),
    'A task has no title, or takes no time',
  );
  must(
    status.cost.aiCalls >= totalActions,
    `The run counts ${counted(status.cost.aiCalls, 'AI call')} for ${counted(totalActions, 'action')}`,
  );

  for (const state of isEmulator ? [] : [ASKS, 'SaveTasks']) {
    const visits = new Set(history.events.filter((event) => event.state === state).map(({ actionId }) => actionId))
      .size;
    must(visits === totalActions, `The history tells of ${state} for ${visits} of ${counted(totalActions, 'action')}`);
  }
  must(
    history.events.some(({ kind }) => kind === 'end'),
    'The history does not tell of the end of the run',
  );

  if (listed === undefined) return [...found, 'The list of runs lacks the run'];
  must(listed.status === status.status, `The list says that the run is ${listed.status}, but it is ${status.status}`);
  must(
    listed.savedActions === totalActions && listed.taskCount === made.length,
    `The list counts ${listed.taskCount} tasks of ${listed.savedActions} actions, but there are ${made.length} of ${totalActions}`,
  );
  return found;
}
