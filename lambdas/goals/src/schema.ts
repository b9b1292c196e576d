import { line, text } from '@goal-activity/core/schema/text-rules.ts';
import { actionType, goalId, LIMITS, timestamp } from '@goal-activity/core/schema.ts';

const action = {
  type: 'object',
  properties: {
    title: line(200),
    description: text(2000),
    type: actionType,
    subGoal: line(200),
  },
  required: ['title', 'type'],
  additionalProperties: false,
} as const;

/** Body of POST /api/goals. */
export const createGoalSchema = {
  type: 'object',
  properties: {
    title: line(200),
    description: text(2000),
    deadline: { type: ['string', 'null'], pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' },
    actions: { type: 'array', items: action, maxItems: LIMITS.actionsPerGoal },
  },
  required: ['title', 'actions'],
  additionalProperties: false,
} as const;

/** Body of PATCH /api/goals/{goalId}/actions/{actionId}. */
export const changeActionSchema = {
  type: 'object',
  properties: { title: line(200), description: text(2000) },
  minProperties: 1,
  additionalProperties: false,
} as const;

/** Row `KEY` of table goals: see idempotency.ts. */
export const keyRowSchema = {
  type: 'object',
  properties: { createdGoalId: goalId, bodyHash: { type: 'string' } },
  required: ['createdGoalId', 'bodyHash'],
} as const;

/** Query of GET /api/goals. */
export const listGoalsSchema = {
  type: 'object',
  properties: {
    limit: { type: 'string', pattern: '^([1-9]|[1-9]\\d|100)$' },
    cursor: { type: 'string', minLength: 1, maxLength: 1000 },
  },
  additionalProperties: false,
} as const;

/** What a cursor of GET /api/goals holds, besides its user: the last key of the page before. */
export const goalCursorSchema = {
  type: 'object',
  properties: { goalId, createdAt: timestamp },
  required: ['goalId', 'createdAt'],
} as const;
