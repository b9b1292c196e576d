import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { getGoal, listActions } from '@goal-activity/core/goal/rows.ts';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import { readStateEntries, type StateEntry } from '@goal-activity/get-history/src/state-entries.ts';
import { levelsOf } from '../support/definition.ts';
import { executionsOf } from '../support/stack/executions.ts';
import type { Engine } from './engine/engine.ts';
import { TIME_SCALE } from './engine/scripts.ts';

const callsOf = ({ attempts }: StateEntry) =>
  attempts.map(({ endedAt, failure }) => failure?.error ?? (endedAt === undefined ? 'open' : 'ok')).join(', ');

const waitsOf = ({ attempts }: StateEntry) =>
  attempts.flatMap(({ endedAt }, index) => {
    const next = attempts[index + 1];
    return next === undefined || endedAt === undefined ? [] : (next.at - endedAt) / 1000 / TIME_SCALE;
  });

/** What the history says of states and calls. */
function readHistory(history: readonly HistoryEvent[], actionIds: readonly string[], definition: unknown) {
  const [run] = levelsOf(definition);
  /** The states of the run itself, in the order in which they were entered. */
  const path: string[] = [];
  /** The same of each action, by position. */
  const actionPaths = actionIds.map((): string[] => []);
  /** How often each state of a batch was entered. */
  const batchStates: Record<string, number> = {};
  /**
   * What each entry of a task state came to, call by call, as in `TransientError, ok`; `open` is a call that was not over. By
   * state, and position of the action if it is about one: `SaveTasks@3`.
   */
  const calls: Record<string, string[]> = {};
  /** Those between the calls, in seconds of the definition. */
  const waits: Record<string, number[]> = {};
  for (const entry of readStateEntries(history, actionIds).entries) {
    const { state, actionId } = entry;
    const position = actionIds.indexOf(actionId ?? '');
    if (position >= 0) actionPaths[position]?.push(state);
    else if (run?.types.has(state)) path.push(state);
    else batchStates[state] = (batchStates[state] ?? 0) + 1;
    if (entry.attempts.length === 0) continue;
    const key = position >= 0 ? `${state}@${position}` : state;
    calls[key] = [...(calls[key] ?? []), callsOf(entry)].sort();
    waits[key] = [...(waits[key] ?? []), ...waitsOf(entry)];
  }
  // The event that ends the history.
  const lastEvent = history.findLast(({ type = '' }) => /^Execution(?!Started)/.test(type))?.type;
  return { path, actionPaths, batchStates, calls, waits, lastEvent };
}

/** Runs of one engine differ from those of another by ids and times. */
function normalizer(ids: Readonly<Record<string, string>>) {
  return (text: string): string =>
    Object.entries(ids)
      .reduce((changed, [id, name]) => changed.replaceAll(id, name), text)
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/g, '<time>')
      .replaceAll(/Request ID: [\w-]+/g, 'Request ID: <id>')
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '<id>')
      .replaceAll(/"trace":\[.*?\]/g, '"trace":[]');
}

/** What is compared of an execution's record. */
const RECORDED = [
  ...(['currentState', 'error', 'summary', 'processedActions', 'savedActions', 'failedActions'] as const),
  ...(['taskCount', 'progressPercentage', 'metrics', 'cancelReason'] as const),
];

/** What became of a run, without what no two runs have in common (ids, times). */
export type Observation = Awaited<ReturnType<typeof observe>>;

/** Reads what became of an execution, from the engine, the database and the inbox. */
export async function observe(engine: Engine, goalId: string, executionArn: string) {
  const { db } = engine;
  const [description, history, record, outcomeRows, goal, actions, tasks] = await Promise.all([
    engine.describe(executionArn),
    engine.history(executionArn),
    executionsOf(db).get(executionArn),
    executionsOf(db).outcomes(executionArn),
    getGoal(db, goalId),
    listActions(db, goalId),
    listTasks(db, goalId),
  ]);
  const actionIds = actions.toSorted((one, other) => one.position - other.position).map(({ actionId }) => actionId);
  const normalize = normalizer({
    [encodeURIComponent(executionArn)]: '<execution>',
    [executionArn]: '<execution>',
    [goalId]: '<goal>',
    ...Object.fromEntries(actionIds.map((actionId, index) => [actionId, `<action ${index}>`])),
  });
  const clean = (text: string | undefined) => (text === undefined ? undefined : normalize(text));
  const { status, error, cause, stopDate } = description;
  return {
    engine: { status: String(status), error, cause: clean(cause), hasStopDate: stopDate !== undefined },
    ...readHistory(history, actionIds, engine.stack.description.stateMachine.definition),
    record: {
      status: record?.status,
      ...Object.fromEntries(RECORDED.map((name) => [name, record?.[name]])),
      cause: clean(record?.cause),
      // What the machine tells is noted as sent by whoever reads it next, such as a sweep.
      notify: record?.notify === 'machine' ? 'sent' : record?.notify,
    },
    goal: String(goal?.status),
    outcomes: outcomeRows.map(({ position, outcome, taskCount, error, reason, failedAttempts = {} }) => ({
      ...{ position, outcome, taskCount, error },
      reason: clean(reason),
      failedAttempts: Object.keys(failedAttempts).length,
    })),
    tasks: tasks.map(({ taskId, title }) => `${normalize(taskId)} ${title}`).sort(),
    messages: engine.stack
      .inbox()
      .filter(({ message }) => message.includes(executionArn))
      .map(({ topicName, subject, message, attributes }) => ({
        ...{ topicName, subject, attributes },
        message: normalize(message),
      })),
  };
}
