/** The words of the domain (docs/design.md, Words) as JSON schemas. */

import { exactly } from './objects.ts';
import { storedLine, text } from './text-rules.ts';

export const LIMITS = {
  actionsPerGoal: 64,
  actionsPerBatch: 8,
  /** Batches in work at once, each with all of its actions in flight (requirement 2). */
  batchesAtOnce: 3,
  /** A task transaction holds them and the action's outcome; also what a person can take in. */
  tasksPerAction: 8,
  /** With those that people added or kept: what a person can look through. */
  tasksKeptPerAction: 32,
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
/** Sort key of a task: see tasks.ts. */
export const taskId = { type: 'string', minLength: 1, maxLength: 200 } as const;
export const anyText = { type: 'string' } as const;

/** Of a task: only people change it. */
export const taskStatus = { enum: ['not_started', 'done'] } as const;
export const minutes = { type: 'integer', minimum: 1, maximum: 1440 } as const;
export const actionType = { enum: ['execution', 'habit'] } as const;
export const goalStatus = { enum: ['draft', 'processing', 'active', 'partial', 'failed'] } as const;
export const executionStatus = {
  enum: ['RUNNING', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
} as const;
export const outcome = { enum: ['PENDING', 'SAVED', 'FAILED', 'CANCELLED'] } as const;

/** One task as it travels between states and is stored; what the AI may answer is stricter: see generate-tasks. */
export const generatedTask = exactly({
  title: storedLine(200),
  description: { ...text(2000), minLength: 1 },
  type: actionType,
  estimatedMinutes: minutes,
});

export const generatedTasks = {
  type: 'array',
  minItems: 1,
  maxItems: LIMITS.tasksPerAction,
  items: generatedTask,
} as const;

/** Which text the AI was asked with: PROMPT_VERSION in generate-tasks. */
export const promptVersion = { type: 'integer', minimum: 1 } as const;

/** What an AI call took; the milliseconds until its answer, missing in rows from before they were kept. */
export const usage = exactly({ inputTokens: count, outputTokens: count }, { latencyMs: count });

/** Attempts at an action that failed, by an id of each: when it failed, what a refused answer took, and whether no other follows. */
export const failedAttempts = {
  type: 'object',
  additionalProperties: exactly({ at: timestamp }, { usage, isLast: { const: true } }),
} as const;

/** What an execution's AI calls took together. */
export const usageTotal = exactly({ aiCalls: count, inputTokens: count, outputTokens: count });
