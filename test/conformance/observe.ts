import { getExecution, listOutcomes } from '@goal-activity/core/executions.ts';
import { getGoal, listActions } from '@goal-activity/core/goals.ts';
import { listTasks } from '@goal-activity/core/tasks.ts';
import { readVisits, type Visit } from '@goal-activity/get-history/src/visits.ts';
import { levelsOf } from '../support/definition.ts';
import type { Engine } from './engine/engine.ts';
import { TIME_SCALE } from './engine/scripts.ts';

/** What became of a run, without what no two runs have in common (ids, times). */
export interface Observation {
  readonly engine: {
    readonly status: string;
    readonly error: string | undefined;
    readonly cause: string | undefined;
    readonly hasStopDate: boolean;
  };
  /** The event that ends the history. */
  readonly lastEvent: string | undefined;
  readonly record: Readonly<Record<string, unknown>>;
  readonly goal: string;
  /** The states of the run itself, in the order in which they were entered. */
  readonly path: readonly string[];
  /** The same of each action, by position. */
  readonly actionPaths: readonly (readonly string[])[];
  /** How often each state of a batch was entered. */
  readonly batchStates: Readonly<Record<string, number>>;
  /**
   * What each visit of a task state came to, call by call, as in `TransientError, ok`; `open` is a call that was not over. By
   * state, and position of the action if it is about one: `SaveTasks@3`.
   */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  /** Those between the calls, in seconds of the definition. */
  readonly waits: Readonly<Record<string, readonly number[]>>;
  readonly outcomes: readonly Readonly<Record<string, unknown>>[];
  /** With action, number and title. */
  readonly tasks: readonly string[];
  readonly messages: readonly Readonly<Record<string, unknown>>[];
}

type Level = 'run' | 'batch' | 'action';

/** At which level of the definition each state is. */
function levelFinder(definition: unknown): (state: string) => Level {
  const [run, batch] = levelsOf(definition);
  return (state) => (run?.types.has(state) ? 'run' : batch?.types.has(state) ? 'batch' : 'action');
}

const callsOf = ({ attempts }: Visit) =>
  attempts.map(({ endedAt, failure }) => failure?.error ?? (endedAt === undefined ? 'open' : 'ok')).join(', ');

const waitsOf = ({ attempts }: Visit) =>
  attempts.flatMap(({ endedAt }, index) => {
    const next = attempts[index + 1];
    return next === undefined || endedAt === undefined ? [] : (next.at - endedAt) / 1000 / TIME_SCALE;
  });

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

/** Reads what became of an execution, from the engine, the database and the inbox. */
export async function observe(engine: Engine, goalId: string, executionArn: string): Promise<Observation> {
  const { db } = engine;
  const [description, history, record, outcomeRows, goal, actions, tasks] = await Promise.all([
    engine.describe(executionArn),
    engine.history(executionArn),
    getExecution(db, executionArn),
    listOutcomes(db, executionArn),
    getGoal(db, goalId),
    listActions(db, goalId),
    listTasks(db, goalId),
  ]);
  const ordered = actions.toSorted((one, other) => one.position - other.position);
  const actionIds = ordered.map(({ actionId }) => actionId);
  const positionOf = (actionId: string) => actionIds.indexOf(actionId);
  const ids = Object.fromEntries(actionIds.map((actionId, index) => [actionId, `<action ${index}>`]));
  const normalize = normalizer({
    [encodeURIComponent(executionArn)]: '<execution>',
    [executionArn]: '<execution>',
    [goalId]: '<goal>',
    ...ids,
  });
  const clean = (text: string | undefined) => (text === undefined ? undefined : normalize(text));

  const { visits } = readVisits(history, actionIds);
  const levelOf = levelFinder(engine.stack.description.stateMachine.definition);
  const at = (level: Level) => visits.filter(({ state }) => levelOf(state) === level);
  const calls: Record<string, string[]> = {};
  const waits: Record<string, number[]> = {};
  for (const visit of visits.filter(({ attempts }) => attempts.length > 0)) {
    const { state, actionId } = visit;
    const key = levelOf(state) === 'action' && actionId !== undefined ? `${state}@${positionOf(actionId)}` : state;
    calls[key] = [...(calls[key] ?? []), callsOf(visit)].sort();
    waits[key] = [...(waits[key] ?? []), ...waitsOf(visit)];
  }
  const batchStates: Record<string, number> = {};
  for (const { state } of at('batch')) batchStates[state] = (batchStates[state] ?? 0) + 1;
  return {
    engine: {
      status: String(description.status),
      error: description.error,
      cause: clean(description.cause),
      hasStopDate: description.stopDate !== undefined,
    },
    lastEvent: history.findLast(({ type = '' }) => /^Execution(?!Started)/.test(type))?.type,
    record: {
      status: record?.status,
      currentState: record?.currentState,
      error: record?.error,
      cause: clean(record?.cause),
      summary: record?.summary,
      processedActions: record?.processedActions,
      savedActions: record?.savedActions,
      failedActions: record?.failedActions,
      taskCount: record?.taskCount,
      progressPercentage: record?.progressPercentage,
      notify: record?.notify,
      metrics: record?.metrics,
    },
    goal: String(goal?.status),
    path: at('run').map(({ state }) => state),
    actionPaths: actionIds.map((actionId) =>
      at('action')
        .filter((visit) => visit.actionId === actionId)
        .map(({ state }) => state),
    ),
    batchStates,
    calls,
    waits,
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
