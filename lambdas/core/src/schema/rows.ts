/** The rows of the tables (docs/design.md, Data) as JSON schemas. Rows may hold more than is read of them. */

import { having } from './objects.ts';
import { text } from './text-rules.ts';
import {
  actionId,
  actionType,
  anyText,
  count,
  executionArn,
  executionStatus,
  failedAttempts,
  generatedTask,
  goalId,
  goalStatus,
  outcome,
  position,
  promptVersion,
  taskId,
  taskStatus,
  timestamp,
  usage,
  usageTotal,
  userId,
} from './values.ts';

/** Row `GOAL` of table goals. */
export const goalRowSchema = having(
  {
    goalId,
    userId,
    title: anyText,
    description: anyText,
    deadline: { type: ['string', 'null'] },
    status: goalStatus,
    version: count,
    actionCount: count,
    createdAt: timestamp,
    /** Executions started so far; the next one is named after `attempt + 1`. */
    attempt: count,
  },
  {
    updatedAt: timestamp,
    /** The running execution, or the last one. */
    executionArn,
    /** See task-counts.ts; missing in rows from before they were kept. */
    taskCount: { type: 'integer' },
    doneTaskCount: { type: 'integer' },
  },
);

/** Row `ACTION#<position>` of table goals. */
export const actionRowSchema = having(
  { goalId, actionId, position, title: anyText, description: anyText, type: actionType },
  { subGoal: anyText },
);

/** Row `EXECUTION` of table workflow-executions. */
export const executionRowSchema = having(
  {
    executionArn,
    goalId,
    userId,
    name: anyText,
    status: executionStatus,
    startedAt: timestamp,
    actionIds: { type: 'array', items: actionId },
    goalStatusBefore: goalStatus,
    currentState: anyText,
    totalActions: count,
    processedActions: count,
    version: count,
  },
  {
    stoppedAt: timestamp,
    /** Actions of the goal that have no tasks and are not this execution's; missing where there are none. */
    actionsLeftOut: count,
    /** Set by the execution's first step: from then on StartExecution need not be repeated. */
    confirmedAt: timestamp,
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
    /** Milliseconds that its actions took, by the median, and what was usual then: see pace.ts. Written at the end. */
    actionMs: count,
    usualActionMs: count,
    summary: anyText,
    error: anyText,
    cause: anyText,
    /** When somebody who read the record last tried to repair it: see repair-on-read.ts. */
    repairTriedAt: timestamp,
    cancelRequestedAt: timestamp,
    cancelRequestedBy: anyText,
    cancelReason: anyText,
    /** `machine`: the state machine's own states publish the message, and whoever sees that they have makes it `sent`. */
    notify: { enum: ['machine', 'pending', 'sent', 'none'] },
    /** When the one who sends the message now began: see LEASE_MS in alert.ts. */
    notifyClaimedAt: timestamp,
    /** Which call that is. */
    notifyBy: anyText,
    /** `sent`: the one attempt to write the metrics has begun; missing in rows from before this was kept. */
    metrics: { enum: ['pending', 'sent'] },
    /** Which call made that attempt. */
    metricsBy: anyText,
    /** Puts the row into the sparse index `byRunning`, for the sweep or for the archiver: see RUNNING in records.ts. */
    runningShard: { type: 'string', pattern: '^(RUNNING|UNARCHIVED)(#[1-7])?$' },
    expiresAt: count,
  },
);

/** Row `ACTION#<position>` of table workflow-executions. */
export const outcomeRowSchema = having(
  { executionArn, actionId, position, title: anyText, outcome, taskCount: count },
  {
    error: anyText,
    reason: anyText,
    usage,
    failedAttempts,
    updatedAt: timestamp,
    expiresAt: count,
    /** The rows of the tasks whose place these took, for a cancel to put back. */
    replaced: { type: 'array', items: having({ taskId }) },
  },
);

/** Row `RECENT` of table workflow-executions: see recent-pace.ts. */
export const paceRowSchema = having({ recent: { type: 'array', items: count } });

/** The same row: milliseconds of a wave, then tokens in and out of an action; missing in rows from before they were kept. */
export const takenRowSchema = having({}, { runs: { type: 'array', items: { type: 'array', items: count } } });

/** What progress needs of an outcome row. */
export const outcomeProgressSchema = having(
  { outcome, taskCount: count },
  { usage, failedAttempts, updatedAt: timestamp },
);

/** What progress needs of an execution's record. */
export const recordProgressSchema = having({}, { confirmedAt: timestamp, progressAt: timestamp });

/** Row `RUNNING` of a user in table goals: see slots.ts. */
export const slotsRowSchema = having({ executions: { type: 'array', items: executionArn } });

/** Row of table tasks. */
export const taskRowSchema = having(
  {
    goalId,
    taskId,
    actionId,
    status: taskStatus,
    ...generatedTask.properties,
    /** A person may leave it empty. */
    description: text(generatedTask.properties.description.maxLength),
  },
  {
    /** The execution that made it; missing in those that a person added. */
    executionArn,
    promptVersion,
    createdAt: timestamp,
    /** Grows with every change; 1 where it is missing, as in rows from before it was kept. */
    version: { type: 'integer', minimum: 1 },
    /** When a person last changed it or added it: nobody else may remove or rewrite it from then on (rule 8). */
    changedAt: timestamp,
  },
);

/** What starts and cancels need of a task's row. */
export const taskStateSchema = having({ taskId, actionId, status: taskStatus }, { executionArn, changedAt: timestamp });

/** Row `KEY` of table goals: see cursor.ts. */
export const cursorKeyRowSchema = having({ cursorKey: { type: 'string', minLength: 40 } });
