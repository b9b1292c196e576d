/** The environment variables that Lambda code reads. */
export type Variable =
  | 'GOALS_TABLE'
  | 'TASKS_TABLE'
  | 'EXECUTIONS_TABLE'
  | 'STATE_MACHINE_ARN'
  | 'ALERTS_TOPIC_ARN'
  | 'ARCHIVE_BUCKET'
  | 'MODEL_ID'
  | 'AI_TIMEOUT_MS'
  | 'BATCH_TIMEOUT_MS'
  | 'PROGRESS_GRACE_MS'
  | 'EXECUTION_TIMEOUT_MS'
  | 'START_GRACE_MS'
  | 'MAX_RUNNING_EXECUTIONS'
  | 'USD_PER_MILLION_INPUT_TOKENS'
  | 'USD_PER_MILLION_OUTPUT_TOKENS'
  | 'METRICS_NAMESPACE'
  | 'RUNBOOK_URL'
  | 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'
  | 'LOG_LEVEL';

/** What differs from function to function. */
export interface FunctionSpec {
  /** Memory in MB. Lambda gives CPU in proportion: 1769 MB are one core. */
  readonly memoryMb: number;
  /** Seconds until Lambda ends an invocation. */
  readonly timeoutSeconds: number;
  /** What the environment holds, besides LOG_LEVEL. */
  readonly variables: readonly Variable[];
}

const GOALS = 'GOALS_TABLE';
const TASKS = 'TASKS_TABLE';
const EXECUTIONS = 'EXECUTIONS_TABLE';
/** For whoever says what an execution costs. */
const PRICES = ['USD_PER_MILLION_INPUT_TOKENS', 'USD_PER_MILLION_OUTPUT_TOKENS'] as const;
/** For whoever writes the metrics of an execution; the prices are for the cost, in a status answer too. */
const METRICS = ['METRICS_NAMESPACE', ...PRICES] as const;
/** For whoever composes messages to people, and for whoever sends them too. */
const RUNBOOK = 'RUNBOOK_URL';
const ALERTS = ['ALERTS_TOPIC_ARN', RUNBOOK] as const;
/** For whoever repairs an execution that a crash left half done. */
const REPAIR = ['STATE_MACHINE_ARN', 'EXECUTION_TIMEOUT_MS', 'START_GRACE_MS'] as const;

/**
 * Memory, timeout and environment of every function. Behind most numbers are four rules:
 * - 512 MB where a person waits: a cold start is CPU work, and takes about half as long as with 256 MB.
 *   256 MB for the small steps of the workflow, whose time is the database's.
 * - A step ends before its state does (30 s): were it the other way round, a retry would run beside its predecessor.
 * - 20 s at least: a client gives a call three attempts of 5 s, with waits between them (core/src/aws/clients.ts); a shorter
 *   timeout would end a function that was about to succeed. However many calls it makes, a function gives up by itself a
 *   second before its timeout (core/src/aws/deadline.ts).
 * - A function behind HTTP ends before API Gateway gives up (30 s), so that the caller gets our answer.
 */
export const FUNCTIONS = {
  /** A claim of up to 67 rows and StartExecution, or the repair of the execution that holds the goal: 25 s of the gateway's 30 s. */
  'start-workflow': {
    memoryMb: 512,
    timeoutSeconds: 25,
    variables: [GOALS, TASKS, EXECUTIONS, ...REPAIR, 'MAX_RUNNING_EXECUTIONS'],
  },
  /** The same as a start. */
  'retry-workflow': {
    memoryMb: 512,
    timeoutSeconds: 25,
    variables: [GOALS, TASKS, EXECUTIONS, ...REPAIR, 'MAX_RUNNING_EXECUTIONS'],
  },
  /** Two reads at once and an update. */
  'validate-input': { memoryMb: 256, timeoutSeconds: 20, variables: [GOALS, EXECUTIONS] },
  /** One query of at most 65 rows. */
  'get-actions': { memoryMb: 256, timeoutSeconds: 20, variables: [GOALS] },
  /** One update; the batches are made in memory. */
  'create-batches': { memoryMb: 256, timeoutSeconds: 20, variables: [EXECUTIONS] },
  /**
   * It waits for the AI for up to AI_TIMEOUT_MS (115 s); 3 s more let it read the goal before, and note, log and report its own
   * timeout after, all within the state's 120 s (requirement 4). Waiting takes no CPU; 512 MB shorten the TLS handshake and the cold starts of 24 at once.
   */
  'generate-tasks': {
    memoryMb: 512,
    timeoutSeconds: 118,
    variables: [GOALS, EXECUTIONS, 'MODEL_ID', 'AI_TIMEOUT_MS', 'BATCH_TIMEOUT_MS', 'PROGRESS_GRACE_MS'],
  },
  /** One transaction, and a read when it is refused; at most 2 s for the progress. */
  'save-tasks': {
    memoryMb: 256,
    timeoutSeconds: 20,
    variables: [TASKS, EXECUTIONS, 'BATCH_TIMEOUT_MS', 'PROGRESS_GRACE_MS'],
  },
  /** A query of at most 65 rows and two updates. */
  'update-progress': { memoryMb: 256, timeoutSeconds: 20, variables: [EXECUTIONS] },
  /** Reads all outcomes; when some are missing, writes them, at most 64 at once, and reads again. */
  'aggregate-results': { memoryMb: 256, timeoutSeconds: 25, variables: [EXECUTIONS] },
  /** Settles: a few queries and one transaction. */
  'update-goal-status': { memoryMb: 256, timeoutSeconds: 25, variables: [GOALS, EXECUTIONS, ...METRICS, RUNBOOK] },
  /** Polled by every open page, so as quick as can be; the answer does not wait for the repair of a stale execution, which has 25 s. */
  'get-status': {
    memoryMb: 512,
    timeoutSeconds: 25,
    variables: [GOALS, TASKS, EXECUTIONS, ...REPAIR, ...PRICES],
  },
  /** Up to ten queries, one after the other; the table goals has the key that signs cursors. */
  'list-workflows': { memoryMb: 512, timeoutSeconds: 20, variables: [GOALS, EXECUTIONS, ...PRICES] },
  /** A query, and up to 25 pages of history, one after the other, for 5 s at the most. */
  'get-history': { memoryMb: 512, timeoutSeconds: 25, variables: [EXECUTIONS, 'STATE_MACHINE_ARN'] },
  /** Fences up to 64 outcomes, then takes back what was saved, one transaction an action, all at once: 25 s of the 30 s. */
  'cancel-workflow': {
    memoryMb: 512,
    timeoutSeconds: 25,
    variables: [GOALS, TASKS, EXECUTIONS, 'STATE_MACHINE_ARN', ...PRICES],
  },
  /** The same clean-up as a cancel, as a state (30 s) and on an event; 512 MB because it runs many requests at once. */
  'handle-error': {
    memoryMb: 512,
    timeoutSeconds: 25,
    variables: [GOALS, TASKS, EXECUTIONS, ...ALERTS, ...METRICS],
  },
  /** Repairs one after the other what is open and late; ends before the next sweep begins, 300 s later. */
  'reconcile-executions': {
    memoryMb: 512,
    timeoutSeconds: 240,
    variables: [GOALS, TASKS, EXECUTIONS, ...REPAIR, ...ALERTS, ...METRICS],
  },
  /** Ten at once, each a query, an object and an update; what 180 s do not suffice for is left to the next run, an hour later. */
  'archive-executions': {
    memoryMb: 256,
    timeoutSeconds: 240,
    variables: [EXECUTIONS, 'ARCHIVE_BUCKET', 'METRICS_NAMESPACE'],
  },
  /** Reads, and one transaction of at most 66 rows. */
  goals: { memoryMb: 512, timeoutSeconds: 20, variables: [GOALS, TASKS] },
} as const satisfies Record<string, FunctionSpec>;

/** The name of a Lambda: its folder under `lambdas/`, and the end of its function's name. */
export type LambdaName = keyof typeof FUNCTIONS;

/** Variables that a function gets only where they have a value: the address of an AI other than Amazon's. */
const OPTIONAL: Readonly<Partial<Record<LambdaName, readonly Variable[]>>> = {
  'generate-tasks': ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'],
};

/**
 * The environment of a function: what the table names for it, and LOG_LEVEL.
 * @param values the variables that have a value so far
 * @throws Error naming a variable that the function needs and `values` lacks
 */
export function environmentOf(
  lambda: LambdaName,
  values: Readonly<Partial<Record<Variable, string>>>,
): Record<string, string> {
  const optional = (OPTIONAL[lambda] ?? []).filter((name) => values[name] !== undefined);
  const names: readonly Variable[] = [...FUNCTIONS[lambda].variables, ...optional, 'LOG_LEVEL'];
  return Object.fromEntries(
    names.map((name) => {
      const value = values[name];
      if (value === undefined) throw new Error(`${lambda} needs ${name}, which has no value`);
      return [name, value];
    }),
  );
}
