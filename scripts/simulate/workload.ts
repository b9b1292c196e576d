import type { LambdaName } from '../../modules/workflow/function-table.ts';

/** The tables, and the partitions of the index `byRunning` for what runs, whose write units the model counts. */
export type Store = 'goals' | 'tasks' | 'executions' | 'byRunning';

/** One invocation of a Lambda. */
export interface Work {
  /** From its begin to its end, without the AI and without waiting for a limit. */
  readonly milliseconds: number;
  /** Write units. */
  readonly writes?: readonly (readonly [store: Store, units: number])[];
  /** Read units of the table of executions; those of the others are never short before their writes are. */
  readonly reads?: number;
}

/** A change of a record of 64 actions: in its table, and in the index. */
const CHANGE = [
  ['executions', 3],
  ['byRunning', 3],
] as const;
/** A settlement, and the write that hands the record to the archiver: out of one partition of the index, into another one. */
const SETTLE = [
  ['goals', 2],
  ['executions', 12],
  ['byRunning', 12],
] as const;

/**
 * What a run of 64 actions asks of each Lambda. The units are those that the local database counts, and
 * test/scripts/simulate/units.test.ts holds them against a run; of the indexes, byRunning alone, since the others are
 * spread over users and goals. The times are assumptions: a query or a write takes DynamoDB some 5 ms, a transaction
 * of 66 rows 60 ms; a stage's own are on its dashboard.
 */
export const WORK = {
  goals: { milliseconds: 20 },
  'start-workflow': {
    milliseconds: 150,
    writes: [
      ['goals', 4],
      ['executions', 134],
      ['byRunning', 3],
    ],
  },
  'get-status': { milliseconds: 20, reads: 8 },
  'validate-input': { milliseconds: 25, writes: CHANGE, reads: 1 },
  'get-actions': { milliseconds: 15 },
  'create-batches': { milliseconds: 15, writes: CHANGE },
  'generate-tasks': { milliseconds: 20 },
  'save-tasks': {
    milliseconds: 30,
    writes: [
      ['executions', 2],
      ['tasks', 8],
    ],
  },
  'update-progress': { milliseconds: 25, writes: CHANGE, reads: 8 },
  'aggregate-results': { milliseconds: 25, writes: CHANGE, reads: 7 },
  'update-goal-status': { milliseconds: 60, writes: SETTLE, reads: 8 },
  'handle-error': { milliseconds: 60, writes: SETTLE, reads: 8 },
} as const satisfies Partial<Record<LambdaName, Work>>;

/** A Lambda that takes part in a run. */
export type SimulatedLambda = keyof typeof WORK;
export const isSimulated = (lambda: string): lambda is SimulatedLambda => lambda in WORK;

/** Making a goal of 64 actions. */
export const CREATE_GOAL: Work = { milliseconds: 60, writes: [['goals', 130]] };

/** Size of a record of 64 actions, by which its reads from an index count; KB. */
export const RECORD_KB = 3;

/** What an AI call takes, as the cost of an execution is reckoned in docs/operations.md. */
export const AI = {
  /**
   * 560 of ours, the mean of the sample goals in both languages (SYSTEM in prompt.ts), and 340 that Claude adds for a tool that it
   * must use (Anthropic, "Tool use pricing and tokens", of Claude 3 Haiku). `make evaluate` measures it.
   */
  inputTokens: 900,
  outputTokens: 300,
  /** Mean seconds of an answer, unless AI_SECONDS says otherwise. */
  seconds: 5,
  /** Of the logarithm of an answer's time: of 100 answers, one takes 2.3 times the mean. */
  spread: 0.4,
} as const;

/** Milliseconds for archiving one execution: a query, an object, an update. */
export const ARCHIVE_MS = 100;

/** Requests of a page for each run, besides those of the start and of following it: list of goals, the goal itself, its tasks. */
export const PAGE_READS = 3;
