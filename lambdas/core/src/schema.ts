/** The domain (docs/design.md, Words and Data) as JSON schemas; types.ts derives the types from them. */

import { line, storedLine, text } from './schema/text-rules.ts';

export const LIMITS = {
  actionsPerGoal: 64,
  actionsPerBatch: 8,
  /** Batches in work at once, each with all of its actions in flight (requirement 2). */
  batchesAtOnce: 3,
  /** A task transaction holds them and the action's outcome; also what a person can take in. */
  tasksPerAction: 8,
  /** The first AI call of an action and 3 retries (requirement 3). */
  attemptsPerAction: 4,
} as const;

export const goalId = { type: 'string', minLength: 1, maxLength: 64 } as const;
export const userId = { type: 'string', minLength: 1, maxLength: 128 } as const;
export const actionId = { type: 'string', minLength: 1, maxLength: 64 } as const;
export const executionArn = { type: 'string', pattern: '^arn:[^:]+:states:', maxLength: 256 } as const;
export const position = { type: 'integer', minimum: 0, maximum: LIMITS.actionsPerGoal - 1 } as const;
/** A time that we write ourselves: ISO 8601 in UTC with milliseconds, as `Date.toISOString` writes it, so that it sorts as text. */
export const timestamp = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' } as const;
/** A time that AWS writes: any ISO 8601 instant. Step Functions leaves a fraction of zero out, and may write up to 9 decimals. */
export const instant = {
  type: 'string',
  pattern:
    '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3])(?::[0-5]\\d){2}(?:\\.\\d{1,9})?(?:Z|[+-](?:0\\d|1[0-4]):[0-5]\\d)$',
} as const;
export const count = { type: 'integer', minimum: 0 } as const;

export const actionType = { enum: ['execution', 'habit'] } as const;
export const goalStatus = { enum: ['draft', 'processing', 'active', 'partial', 'failed'] } as const;
export const executionStatus = {
  enum: ['RUNNING', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
} as const;
export const outcome = { enum: ['PENDING', 'SAVED', 'FAILED', 'CANCELLED'] } as const;

/** One task as it travels between states and is stored; what the AI may answer is stricter: see generate-tasks. */
export const generatedTask = {
  type: 'object',
  properties: {
    title: storedLine(200),
    description: { ...text(2000), minLength: 1 },
    type: actionType,
    estimatedMinutes: { type: 'integer', minimum: 1, maximum: 1440 },
  },
  required: ['title', 'description', 'type', 'estimatedMinutes'],
  additionalProperties: false,
} as const;

export const generatedTasks = {
  type: 'array',
  minItems: 1,
  maxItems: LIMITS.tasksPerAction,
  items: generatedTask,
} as const;

/** What an AI call took; the milliseconds until its answer, missing in rows from before they were kept. */
export const usage = {
  type: 'object',
  properties: { inputTokens: count, outputTokens: count, latencyMs: count },
  required: ['inputTokens', 'outputTokens'],
  additionalProperties: false,
} as const;

/** Attempts at an action that failed and may be repeated, by an id of each: when it failed, and what a refused answer took. */
export const failedAttempts = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    properties: { at: timestamp, usage },
    required: ['at'],
    additionalProperties: false,
  },
} as const;

/** What an execution's AI calls took together. */
export const usageTotal = {
  type: 'object',
  properties: { aiCalls: count, inputTokens: count, outputTokens: count },
  required: ['aiCalls', 'inputTokens', 'outputTokens'],
  additionalProperties: false,
} as const;

/** What became of one action, as it travels between states. */
export const actionResult = {
  type: 'object',
  properties: {
    actionId,
    position,
    outcome: { enum: ['SAVED', 'FAILED', 'CANCELLED'] },
    taskCount: count,
    error: { type: 'string' },
    reason: { type: 'string' },
  },
  required: ['actionId', 'position', 'outcome', 'taskCount'],
  additionalProperties: false,
} as const;

/** `Error` and `Cause` as a Catch gives them. */
export const stateError = {
  type: 'object',
  properties: { Error: { type: 'string' }, Cause: { type: 'string' } },
  required: ['Error'],
} as const;

/** What a message is about; an attribute of the message on SNS, so that a subscription can be filtered. */
export const notificationKind = { enum: ['failure', 'timeout', 'aborted', 'partial', 'escalation'] } as const;

/** What the state machine does after a settlement: see the Choice state ByOutcome. */
export const settlement = {
  type: 'object',
  properties: {
    executionArn,
    status: executionStatus,
    next: { enum: ['SUCCEED', 'NOTIFY_PARTIAL', 'ESCALATE_PARTIAL', 'NOTIFY_FAILURE', 'NONE'] },
    notification: {
      type: 'object',
      properties: {
        subject: { type: 'string', maxLength: 100 },
        message: { type: 'string' },
        kind: notificationKind,
      },
      required: ['subject', 'message', 'kind'],
      additionalProperties: false,
    },
  },
  required: ['executionArn', 'status', 'next'],
  additionalProperties: false,
} as const;

/** Row `GOAL` of table goals. */
export const goalRowSchema = {
  type: 'object',
  properties: {
    goalId,
    userId,
    title: { type: 'string' },
    description: { type: 'string' },
    deadline: { type: ['string', 'null'] },
    status: goalStatus,
    version: count,
    actionCount: count,
    createdAt: timestamp,
    updatedAt: timestamp,
    /** Executions started so far; the next one is named after `attempt + 1`. */
    attempt: count,
    /** The running execution, or the last one. */
    executionArn,
  },
  required: [
    'goalId',
    'userId',
    'title',
    'description',
    'deadline',
    'status',
    'version',
    'actionCount',
    'createdAt',
    'attempt',
  ],
} as const;

/** Row `ACTION#<position>` of table goals. */
export const actionRowSchema = {
  type: 'object',
  properties: {
    goalId,
    actionId,
    position,
    title: { type: 'string' },
    description: { type: 'string' },
    type: actionType,
    subGoal: { type: 'string' },
  },
  required: ['goalId', 'actionId', 'position', 'title', 'description', 'type'],
} as const;

/** Row `EXECUTION` of table workflow-executions. */
export const executionRowSchema = {
  type: 'object',
  properties: {
    executionArn,
    goalId,
    userId,
    name: { type: 'string' },
    status: executionStatus,
    startedAt: timestamp,
    stoppedAt: timestamp,
    /** Set by the execution's first step: from then on StartExecution need not be repeated. */
    confirmedAt: timestamp,
    actionIds: { type: 'array', items: actionId },
    goalStatusBefore: goalStatus,
    currentState: { type: 'string' },
    totalActions: count,
    processedActions: count,
    savedActions: count,
    failedActions: count,
    taskCount: count,
    progressPercentage: { type: 'integer', minimum: 0, maximum: 100 },
    /** As of `progressAt`. */
    estimatedSecondsRemaining: count,
    /** When the counts, the percentage and the estimate were written last. */
    progressAt: timestamp,
    /** What the AI was asked for so far, as of the last progress; final once the execution is settled. */
    usage: usageTotal,
    summary: { type: 'string' },
    error: { type: 'string' },
    cause: { type: 'string' },
    /** When somebody who read the record last tried to repair it: see repair-on-read.ts. */
    repairTriedAt: timestamp,
    cancelRequestedAt: timestamp,
    cancelRequestedBy: { type: 'string' },
    cancelReason: { type: 'string' },
    /** `machine`: the state machine's own states publish the message, and whoever sees that they have makes it `sent`. */
    notify: { enum: ['machine', 'pending', 'sent', 'none'] },
    /** When the one who sends the message now began: see LEASE_MS in notify.ts. */
    notifyClaimedAt: timestamp,
    /** Which call that is. */
    notifyBy: { type: 'string' },
    /** `sent`: the one attempt to write the metrics has begun; missing in rows from before this was kept. */
    metrics: { enum: ['pending', 'sent'] },
    /** Which call made that attempt. */
    metricsBy: { type: 'string' },
    /** Puts the row into the sparse index `byRunning`, for the sweep or for the archiver: see RUNNING_SHARD in executions.ts. */
    runningShard: { enum: ['RUNNING', 'UNARCHIVED'] },
    version: count,
    expiresAt: count,
  },
  required: [
    'executionArn',
    'goalId',
    'userId',
    'name',
    'status',
    'startedAt',
    'actionIds',
    'goalStatusBefore',
    'currentState',
    'totalActions',
    'processedActions',
    'version',
  ],
} as const;

/** Row `ACTION#<position>` of table workflow-executions. */
export const outcomeRowSchema = {
  type: 'object',
  properties: {
    executionArn,
    actionId,
    position,
    title: { type: 'string' },
    outcome,
    taskCount: count,
    error: { type: 'string' },
    reason: { type: 'string' },
    usage,
    failedAttempts,
    updatedAt: timestamp,
    expiresAt: count,
  },
  required: ['executionArn', 'actionId', 'position', 'title', 'outcome', 'taskCount'],
} as const;

/** What progress needs of an outcome row. */
export const outcomeProgressSchema = {
  type: 'object',
  properties: { outcome, taskCount: count, usage, failedAttempts, updatedAt: timestamp },
  required: ['outcome', 'taskCount'],
} as const;

/** What progress needs of an execution's record. */
export const recordProgressSchema = {
  type: 'object',
  properties: { confirmedAt: timestamp, progressAt: timestamp },
} as const;

/** Row `RUNNING` of a user in table goals: see slots.ts. */
export const slotsRowSchema = {
  type: 'object',
  properties: { executions: { type: 'array', items: executionArn } },
  required: ['executions'],
} as const;

/** Row of table tasks. */
export const taskRowSchema = {
  type: 'object',
  properties: {
    goalId,
    taskId: { type: 'string' },
    actionId,
    executionArn,
    status: { enum: ['not_started'] },
    createdAt: timestamp,
    ...generatedTask.properties,
  },
  required: ['goalId', 'taskId', 'actionId', 'executionArn', 'status', ...generatedTask.required],
} as const;

/** Row `KEY` of table goals: see cursor.ts. */
export const cursorKeyRowSchema = {
  type: 'object',
  properties: { cursorKey: { type: 'string', minLength: 40 } },
  required: ['cursorKey'],
} as const;

/** Claims of a token that names a user. Not every issuer's does, and the JWT authorizer does not look at `sub`. */
export const userClaimsSchema = { type: 'object', properties: { sub: line(128) }, required: ['sub'] } as const;

const texts = { type: ['object', 'null'], additionalProperties: { type: 'string' } } as const;

/**
 * What this project needs of an API Gateway event (HTTP API, payload format 2.0) that passed the JWT authorizer. What it
 * may leave out may be null.
 */
export const httpEventSchema = {
  type: 'object',
  properties: {
    routeKey: { type: 'string' },
    /** Names in lower case; a header that was sent twice has its values joined by a comma. */
    headers: texts,
    pathParameters: texts,
    queryStringParameters: texts,
    body: { type: ['string', 'null'] },
    isBase64Encoded: { type: ['boolean', 'null'] },
    requestContext: {
      type: 'object',
      properties: {
        requestId: { type: 'string' },
        authorizer: {
          type: 'object',
          properties: {
            jwt: { type: 'object', properties: { claims: { type: 'object' } }, required: ['claims'] },
          },
          required: ['jwt'],
        },
      },
      required: ['authorizer'],
    },
  },
  required: ['routeKey', 'requestContext'],
} as const;
