/**
 * What travels between the states, in their order: each step is named by what it gets, and its output is what the next one
 * gets. Ids and outcomes alone, never contexts (256 KiB limit).
 */

import { exactly, having } from './objects.ts';
import {
  actionId,
  anyText,
  count,
  executionArn,
  executionStatus,
  generatedTasks,
  goalId,
  instant,
  LIMITS,
  position,
  promptVersion,
  taskId,
  usage,
  userId,
} from './values.ts';

/** `Error` and `Cause` as a Catch gives them. */
export const stateError = having({ Error: anyText }, { Cause: anyText });

/** What became of one action. */
export const actionResult = exactly(
  { actionId, position, outcome: { enum: ['SAVED', 'FAILED', 'CANCELLED'] }, taskCount: count },
  { error: anyText, reason: anyText },
);

const run = { executionArn, goalId } as const;
const action = exactly({ actionId, position });
const actionIds = {
  type: 'array',
  items: actionId,
  minItems: 1,
  maxItems: LIMITS.actionsPerGoal,
  uniqueItems: true,
} as const;

export const forValidateInput = exactly({ ...run, userId, actionIds });
export const forGetActions = exactly({ ...run, actionIds });
export const forCreateBatches = exactly({
  ...run,
  actions: { type: 'array', items: action, minItems: 1, maxItems: LIMITS.actionsPerGoal },
});
export const forProcessBatches = exactly({
  ...run,
  batches: {
    type: 'array',
    minItems: 1,
    items: { type: 'array', items: action, minItems: 1, maxItems: LIMITS.actionsPerBatch },
  },
});
const actionOfBatch = { ...run, actionId, position, batchStartedAt: instant } as const;
/** With how often the state was retried, for the log. */
export const forGenerateTasks = exactly(actionOfBatch, { retryCount: count });
/** `promptVersion` is missing in what a version of GenerateTasks from before it made, during a deploy. */
export const forSaveTasks = exactly(
  { ...actionOfBatch, tasks: generatedTasks, usage },
  {
    promptVersion,
    /** Tasks of the action that an earlier execution made, and that no person had changed: these take their place. */
    replaces: { type: 'array', items: taskId, minItems: 1 },
  },
);
/** The results of each batch, in order; with `failure`, it is still to be written what became of the action. */
export const forAggregateResults = exactly({
  ...run,
  results: {
    type: 'array',
    items: {
      type: 'array',
      items: { ...actionResult, properties: { ...actionResult.properties, failure: stateError } },
    },
  },
});
export const forUpdateGoalStatus = exactly({
  ...run,
  status: executionStatus,
  savedActions: count,
  failedActions: count,
  taskCount: count,
});

/** What a message is about; an attribute of the message on SNS, so that a subscription can be filtered. */
export const notificationKind = { enum: ['failure', 'timeout', 'aborted', 'partial', 'escalation'] } as const;

/** What the state machine does after a settlement: see the Choice state ByOutcome. */
export const settlement = exactly(
  {
    executionArn,
    status: executionStatus,
    next: { enum: ['SUCCEED', 'NOTIFY_PARTIAL', 'ESCALATE_PARTIAL', 'NOTIFY_FAILURE', 'NONE'] },
  },
  {
    notification: exactly({
      subject: { type: 'string', maxLength: 100 },
      message: anyText,
      kind: notificationKind,
    }),
  },
);
