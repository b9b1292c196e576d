import {
  alert,
  archive,
  callModel,
  claim,
  cursorKey,
  deadLetters,
  type Grant,
  on,
  query,
  readHistory,
  readPace,
  repair,
  settle,
  stop,
  writeMetrics,
} from './grants.ts';
import type { Variable } from './variables.ts';

/** What differs from function to function. */
export interface FunctionSpec {
  /** Memory in MB. Lambda gives CPU in proportion: 1769 MB are one core. */
  readonly memoryMb: number;
  /** Seconds until Lambda ends an invocation. */
  readonly timeoutSeconds: number;
  /** What the environment holds, besides LOG_LEVEL. */
  readonly variables: readonly Variable[];
  /** What it may do, besides its logs and traces: exact operations on exact resources. */
  readonly grants: readonly Grant[];
}

const GOALS = 'GOALS_TABLE';
const TASKS = 'TASKS_TABLE';
const EXECUTIONS = 'EXECUTIONS_TABLE';
/** Tells a function how much time the batch of its action has. */
const BATCH = ['BATCH_TIMEOUT_MS', 'PROGRESS_GRACE_MS'] as const;
/** Lets a function compute what an execution costs. */
const PRICES = ['USD_PER_MILLION_INPUT_TOKENS', 'USD_PER_MILLION_OUTPUT_TOKENS'] as const;
/** Lets a function write the metrics of an execution, its cost among them. */
const METRICS = ['METRICS_NAMESPACE', ...PRICES] as const;
/** Messages to people name the runbook, and speak their language. */
const READERS = ['RUNBOOK_URL', 'MESSAGE_LANGUAGE'] as const;
/** Lets a function send such messages. */
const ALERTS = ['ALERTS_TOPIC_ARN', ...READERS] as const;
/** Lets a function repair an execution that a crash left half done. */
const REPAIR = ['STATE_MACHINE_ARN', 'EXECUTION_TIMEOUT_MS', 'START_GRACE_MS'] as const;

/** Of a small step of the workflow. */
const SMALL = { memoryMb: 256, timeoutSeconds: 20 } as const;
/** Of a call that may have to repair or clean up an execution: 25 s of the 30 s that gateway and states wait. */
const PATIENT = { memoryMb: 512, timeoutSeconds: 25 } as const;
/** A claim of up to 67 rows and StartExecution, or the repair of the execution that holds the goal. */
const START = {
  ...PATIENT,
  variables: [GOALS, TASKS, EXECUTIONS, ...REPAIR, 'MAX_RUNNING_EXECUTIONS', 'MAX_RUNNING_OF_STAGE'],
  grants: [...claim, query('executions', 'byRunning')],
} as const;

/**
 * Memory, timeout, environment and grants of every function. Whatever has a row here is deployed, logged, watched and run
 * locally. Behind most numbers are four rules:
 * - 512 MB where a person waits: a cold start is CPU work, and takes about half as long as with 256 MB.
 *   256 MB for the small steps of the workflow, whose time is the database's.
 * - A step ends before its state does (30 s): were it the other way round, a retry would run beside its predecessor.
 * - 20 s at least: a client gives a call three attempts of 5 s, with waits between them (lambdas/core/src/aws/clients.ts); a shorter
 *   timeout would end a function that was about to succeed. However many calls it makes, a function gives up by itself a
 *   second before its timeout (lambdas/core/src/aws/deadline.ts).
 * - A function behind HTTP ends before API Gateway gives up (30 s), so that the caller gets our answer.
 */
export const FUNCTIONS = {
  'start-workflow': START,
  'retry-workflow': START,
  /** Two reads at once and an update. */
  'validate-input': {
    ...SMALL,
    variables: [GOALS, EXECUTIONS],
    grants: [on('goals', 'GetItem'), on('executions', 'GetItem', 'UpdateItem')],
  },
  /** One query of at most 65 rows. */
  'get-actions': { ...SMALL, variables: [GOALS], grants: [on('goals', 'Query')] },
  /** One update; the batches are made in memory. */
  'create-batches': { ...SMALL, variables: [EXECUTIONS], grants: [on('executions', 'UpdateItem')] },
  /**
   * It waits up to 115 s for the AI (AI_TIMEOUT_MS). In 3 s more it reads the goal before, and notes, logs and reports its own
   * timeout after; the state allows 120 s (requirement 4). Waiting takes no CPU; 512 MB shorten the TLS handshake and the cold starts of 24 at once.
   */
  'generate-tasks': {
    memoryMb: 512,
    timeoutSeconds: 118,
    variables: [GOALS, TASKS, EXECUTIONS, 'MODEL_ID', 'AI_TIMEOUT_MS', ...BATCH],
    grants: [on('goals', 'Query'), on('tasks', 'Query'), on('executions', 'Query', 'UpdateItem'), callModel],
  },
  /** One transaction, and a read when it is refused; of an action that is made again, its tasks before; at most 2 s for the progress. */
  'save-tasks': {
    ...SMALL,
    variables: [TASKS, EXECUTIONS, ...BATCH],
    grants: [on('tasks', 'PutItem', 'Query', 'DeleteItem'), on('executions', 'Query', 'UpdateItem', 'GetItem')],
  },
  /** A query of at most 65 rows and two updates. */
  'update-progress': {
    ...SMALL,
    variables: [EXECUTIONS],
    grants: [on('executions', 'Query', 'GetItem', 'UpdateItem')],
  },
  /** Reads all outcomes; when some are missing, writes them, at most 64 at once, and reads again. */
  'aggregate-results': {
    memoryMb: 256,
    timeoutSeconds: 25,
    variables: [EXECUTIONS],
    grants: [on('executions', 'Query', 'UpdateItem')],
  },
  /** Settles: a few queries and one transaction. */
  'update-goal-status': {
    memoryMb: 256,
    timeoutSeconds: 25,
    variables: [GOALS, EXECUTIONS, ...METRICS, ...READERS],
    grants: [on('executions', 'Query', 'GetItem', 'UpdateItem'), on('goals', 'UpdateItem'), writeMetrics],
  },
  /** Polled by every open page, so as quick as can be; the answer does not wait for the repair of a stale execution, which has 25 s. */
  'get-status': {
    ...PATIENT,
    variables: [GOALS, TASKS, EXECUTIONS, ...REPAIR, ...PRICES],
    grants: [...settle, ...repair],
  },
  /** Up to ten queries, one after the other; the table goals has the key that signs cursors. */
  'list-workflows': {
    memoryMb: 512,
    timeoutSeconds: 20,
    variables: [GOALS, EXECUTIONS, ...PRICES],
    grants: [query('executions', 'byUser', 'byGoal'), cursorKey],
  },
  /** A query, and up to 25 pages of history, one after the other, for 5 s at the most. */
  'get-history': {
    ...PATIENT,
    variables: [EXECUTIONS, 'STATE_MACHINE_ARN'],
    grants: [on('executions', 'Query'), readHistory],
  },
  /** Fences up to 64 outcomes, then takes back what was saved, one transaction an action, all at once: 25 s of the 30 s. */
  'cancel-workflow': {
    ...PATIENT,
    variables: [GOALS, TASKS, EXECUTIONS, 'STATE_MACHINE_ARN', ...PRICES],
    grants: [...settle, stop],
  },
  /** The same clean-up as a cancel, as a state (30 s) and on an event; 512 MB because it runs many requests at once. */
  'handle-error': {
    ...PATIENT,
    variables: [GOALS, TASKS, EXECUTIONS, ...ALERTS, ...METRICS],
    grants: [...settle, alert, writeMetrics, deadLetters('status-events')],
  },
  /** Repairs one after the other what is open and late; ends before the next sweep begins, 300 s later. */
  'reconcile-executions': {
    memoryMb: 512,
    timeoutSeconds: 240,
    variables: [GOALS, TASKS, EXECUTIONS, ...REPAIR, ...ALERTS, ...METRICS],
    grants: [...settle, query('executions', 'byRunning'), ...repair, alert, writeMetrics, deadLetters('sweep')],
  },
  /** Ten at once, each a query, an object and an update; what 180 s do not suffice for is left to the next run, an hour later. */
  'archive-executions': {
    memoryMb: 256,
    timeoutSeconds: 240,
    variables: [EXECUTIONS, 'ARCHIVE_BUCKET', 'METRICS_NAMESPACE'],
    grants: [
      on('executions', 'Query', 'UpdateItem'),
      query('executions', 'byRunning'),
      archive,
      writeMetrics,
      deadLetters('archive'),
    ],
  },
  /**
   * Reads, and one transaction of at most 66 rows; a person's changes of tasks are one of four. What is deleted goes a hundred
   * rows at a time, some 20 times at the most. Prices, model and pace are for the estimate.
   */
  goals: {
    memoryMb: 512,
    timeoutSeconds: 20,
    variables: [GOALS, TASKS, EXECUTIONS, 'MODEL_ID', ...PRICES],
    grants: [
      on('goals', 'PutItem', 'GetItem', 'Query', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'),
      query('goals', 'byUser'),
      on('tasks', 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
      readPace,
    ],
  },
} as const satisfies Record<string, FunctionSpec>;

/** The name of a Lambda: its folder under `lambdas/`, and the end of its function's name. */
export type LambdaName = keyof typeof FUNCTIONS;

/** Every Lambda. */
export const LAMBDAS = Object.keys(FUNCTIONS) as readonly LambdaName[];

/**
 * The environment of a function: what the table names for it, and LOG_LEVEL.
 * @throws Error naming a variable that the function needs and `values` lacks
 */
export function environmentOf(lambda: LambdaName, values: Readonly<Record<string, string>>): Record<string, string> {
  const names: readonly Variable[] = [...FUNCTIONS[lambda].variables, 'LOG_LEVEL'];
  return Object.fromEntries(
    names.map((name) => {
      const value = values[name];
      if (value === undefined) throw new Error(`${lambda} needs ${name}, which has no value`);
      return [name, value];
    }),
  );
}
