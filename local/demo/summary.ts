import type { ExecutionState, ExecutionStatus, Goal, Task } from '@goal-activity/client/types.ts';
import type { Messages } from './messages.ts';

/** AI calls that the workflow has in flight at once: 3 batches of 8 actions (requirement 2). */
const IN_FLIGHT = 24;
const SHOWN_ACTIONS = 3;

/** The line of `make demo JSON=1`. */
export type DemoResult = ReturnType<typeof countResult>;

/** Milliseconds that no run of so many actions can beat: full waves of 24, each as long as one AI call. */
export function idealMs(actions: number, aiLatencyMs: number): number {
  return Math.round(Math.ceil(actions / IN_FLIGHT) * aiLatencyMs);
}

/** An execution did what it was asked for, if only in part. */
export function succeeded(status: ExecutionState): boolean {
  return status === 'SUCCEEDED' || status === 'PARTIALLY_SUCCEEDED';
}

export function countResult(
  { status, totalActions: actions, outcomes }: Pick<ExecutionStatus, 'status' | 'totalActions' | 'outcomes'>,
  tasks: readonly Task[],
  measured: { readonly elapsedMs: number; readonly idealMs: number; readonly stateEntries: number },
) {
  const having = (wanted: string) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  return { status, actions, saved: having('SAVED'), failed: having('FAILED'), tasks: tasks.length, ...measured };
}

/** The lines that a person reads at the end. */
export function renderSummary(
  result: DemoResult,
  { failedActions, cost }: Pick<ExecutionStatus, 'failedActions' | 'cost'>,
  goal: Goal,
  tasks: readonly Task[],
  messages: Messages,
): string[] {
  const shown = chooseActions(goal, tasks);
  return [
    '',
    messages.result(result.status),
    messages.saved(result.saved, result.actions, result.tasks),
    messages.failed(result.failed),
    ...failedActions.map(({ title, reason, error }) => messages.failure(title, reason, error)),
    messages.took(result.elapsedMs, result.idealMs, result.actions),
    messages.stateEntries(result.stateEntries),
    messages.cost(cost.aiCalls, cost.inputTokens + cost.outputTokens, cost.estimatedUsd),
    ...(shown.length > 0 ? ['', messages.someTasks(shown.length)] : []),
    ...shown.flatMap(({ actionId, title, subGoal }) => [
      messages.action(subGoal ?? '', title),
      ...tasks
        .filter((task) => task.actionId === actionId)
        .map((task) => messages.task(task.title, task.estimatedMinutes)),
    ]),
    '',
    messages.next,
  ];
}

/** Some actions that have tasks, spread over the whole goal so that they come from different sub-goals. */
function chooseActions(goal: Goal, tasks: readonly Task[]): Goal['actions'] {
  const withTasks = new Set(tasks.map(({ actionId }) => actionId));
  const candidates = goal.actions.filter(({ actionId }) => withTasks.has(actionId));
  const step = Math.max(1, Math.floor(candidates.length / SHOWN_ACTIONS));
  return candidates.filter((_, index) => index % step === 0).slice(0, SHOWN_ACTIONS);
}
