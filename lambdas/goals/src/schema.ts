import { line, text } from '@goal-activity/core/schema/text-rules.ts';
import {
  actionType,
  anyText,
  exactly,
  goalId,
  having,
  LIMITS,
  pageQuery,
  timestamp,
} from '@goal-activity/core/schema.ts';

const action = exactly({ title: line(200), type: actionType }, { description: text(2000), subGoal: line(200) });

/** Body of POST /api/goals. */
export const createGoalSchema = exactly(
  { title: line(200), actions: { type: 'array', items: action, maxItems: LIMITS.actionsPerGoal } },
  {
    description: text(2000),
    deadline: { type: ['string', 'null'], pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' },
  },
);

/** Body of PATCH /api/goals/{goalId}/actions/{actionId}. */
export const changeActionSchema = {
  ...exactly({}, { title: line(200), description: text(2000) }),
  minProperties: 1,
} as const;

/** Row `KEY` of table goals: see idempotency.ts. */
export const keyRowSchema = having({ createdGoalId: goalId, bodyHash: anyText });

/** Query of GET /api/goals. */
export const listGoalsSchema = exactly({}, pageQuery);

/** What a cursor of GET /api/goals holds, besides its user: the last key of the page before. */
export const goalCursorSchema = having({ goalId, createdAt: timestamp });
