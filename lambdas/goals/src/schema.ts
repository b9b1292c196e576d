import { line, text } from '@goal-activity/core/schema/text-rules.ts';
import {
  actionType,
  anyText,
  exactly,
  goalId,
  having,
  LIMITS,
  minutes,
  pageQuery,
  taskId,
  taskStatus,
  timestamp,
  userId,
} from '@goal-activity/core/schema.ts';
import type { JSONSchema } from 'json-schema-to-ts';

const action = exactly({ title: line(200), type: actionType }, { description: text(2000), subGoal: line(200) });
const listOf = <const Items extends JSONSchema>(items: Items) =>
  ({ type: 'array', items, maxItems: LIMITS.actionsPerGoal }) as const;
const deadline = { type: ['string', 'null'], pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' } as const;

/** Body of POST /api/goals. */
export const createGoalSchema = exactly(
  { title: line(200), actions: listOf(action) },
  { description: text(2000), deadline },
);

/** As the contract has ids: none that is longer is one of an action. */
const anyId = { type: 'string', minLength: 1, maxLength: 200 } as const;

/** An action in the new list of a goal; as it is read, it may belong to no sub-goal. */
const listedAction = exactly(
  { title: line(200), type: actionType },
  { actionId: anyId, description: text(2000), subGoal: { anyOf: [line(200), { type: 'null' }] } },
);

/** Body of PATCH /api/goals/{goalId}. */
export const changeGoalSchema = {
  ...exactly(
    { version: { type: 'integer', minimum: 1 } },
    { title: line(200), description: text(2000), deadline, actions: listOf(listedAction) },
  ),
  minProperties: 2,
} as const;

const versionQuery = exactly({ version: { type: 'string', pattern: '^[1-9]\\d{0,14}$' } });

/** Query of DELETE /api/goals/{goalId}. */
export const deleteGoalSchema = versionQuery;

/** Query of GET /api/today. */
export const todaySchema = exactly({}, { limit: pageQuery.limit });

/** Body of PATCH /api/goals/{goalId}/actions/{actionId}. */
export const changeActionSchema = {
  ...exactly({}, { title: line(200), description: text(2000) }),
  minProperties: 1,
} as const;

/** Row `KEY` of table goals: see idempotency.ts. */
export const keyRowSchema = having({ createdGoalId: goalId, bodyHash: anyText }, { createdTaskId: taskId });

const taskVersion = { type: 'integer', minimum: 1 } as const;
const ofTask = { title: line(200), description: text(2000), type: actionType, estimatedMinutes: minutes } as const;

/** Body of POST /api/goals/{goalId}/tasks. */
export const addTaskSchema = exactly(
  { actionId: anyId, title: ofTask.title, type: ofTask.type, estimatedMinutes: ofTask.estimatedMinutes },
  { description: ofTask.description },
);

/** Body of PATCH /api/goals/{goalId}/tasks/{taskId}. */
export const changeTaskSchema = {
  ...exactly({ version: taskVersion }, { ...ofTask, status: taskStatus }),
  minProperties: 2,
} as const;

/** Query of DELETE /api/goals/{goalId}/tasks/{taskId}. */
export const removeTaskSchema = versionQuery;

/** A row of the index of goals: of a goal, or of one that is being deleted. */
export const listedRowSchema = having({ goalId, userId });

/** Query of GET /api/goals. */
export const listGoalsSchema = exactly({}, pageQuery);

/** What a cursor of GET /api/goals holds, besides its user: the last key of the page before. */
export const goalCursorSchema = having({ goalId, createdAt: timestamp }, { sk: anyText });
