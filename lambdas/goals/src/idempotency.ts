import { createHash } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '@goal-activity/core/aws/boundary.ts';
import { type Database, transact } from '@goal-activity/core/aws/database.ts';
import { canonicalJson } from '@goal-activity/core/canonical-json.ts';
import { Problem, TransientError } from '@goal-activity/core/errors.ts';
import { NO_TASKS } from '@goal-activity/core/goal/task-counts.ts';
import { invalidField } from '@goal-activity/core/http/http.ts';
import type { FromSchema } from 'json-schema-to-ts';
import { type CreateGoal, createGoalItems, goalAnswer, newGoal, readGoal } from './goals.ts';
import type { keyRowSchema } from './schema.ts';
import * as validators from './validators.generated.js';

/** Sort key of the row that remembers what an `Idempotency-Key` made. */
const KEY = 'KEY';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Has no userId or createdAt, so the index of goals does not have it; the hash keeps it short and free of what a user types. */
const rowKey = (userId: string, key: string) => ({ goalId: `idempotency#${userId}#${sha256(key)}`, sk: KEY });

/**
 * The `Idempotency-Key` of a request: 1 to 255 visible ASCII characters (a UUID, say); undefined without one.
 * @throws Problem invalid_request
 */
export function readKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw invalidField('Idempotency-Key', 'must be 1 to 255 visible ASCII characters');
}

/** What tells two requests apart: their values, not their spelling as JSON. */
export const hashOf = (body: unknown) => sha256(canonicalJson(body));

type Made = FromSchema<typeof keyRowSchema>;

/**
 * What a user's key has made; undefined while it has made nothing.
 * @param bodyHash of the request, by `hashOf`
 * @throws Problem idempotency_key_reused when the key was sent with another body
 */
export async function madeBy(db: Database, userId: string, key: string, bodyHash: string): Promise<Made | undefined> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.goals, Key: rowKey(userId, key), ConsistentRead: true }),
  );
  if (Item === undefined) return undefined;
  const row = parse(validators.keyRow, Item, 'The row of an Idempotency-Key');
  if (row.bodyHash === bodyHash) return row;
  const detail = 'It was sent with another body. Use a new key for a new request.';
  throw new Problem(422, 'idempotency_key_reused', 'The Idempotency-Key was used before', detail);
}

/** The part of a transaction that remembers what a key makes in it; refused when the key has made something. */
export const rememberMade = (db: Database, userId: string, key: string, made: Made, now: string) => ({
  Put: {
    TableName: db.goals,
    Item: { ...rowKey(userId, key), ...made, keptSince: now },
    ConditionExpression: 'attribute_not_exists(goalId)',
  },
});

/** Times that a creation is tried while another one with the same key comes before it. */
const ATTEMPTS = 3;

/**
 * Creates a goal once for a key: the key's row is written in the goal's own transaction, so there is never one without
 * the other. The row stays as long as the goal (goals are kept): a repetition is recognised however late it comes, and
 * the row is a tenth of what the goal takes.
 * @returns the goal as it is now, and whether this call created it
 * @throws Problem idempotency_key_reused when the key was sent with another body
 */
export async function createGoalOnce(
  db: Database,
  body: CreateGoal,
  userId: string,
  key: string,
  newId: () => string,
  now: Date,
): Promise<{ isNew: boolean; goal: ReturnType<typeof goalAnswer> }> {
  const bodyHash = hashOf(body);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const made = await madeBy(db, userId, key, bodyHash);
    if (made !== undefined) return { isNew: false, goal: await readGoal(db, made.createdGoalId, userId) };
    const { goal, actions } = newGoal(body, userId, newId, now);
    const remember = rememberMade(db, userId, key, { createdGoalId: goal.goalId, bodyHash }, goal.createdAt);
    const refusing = await transact(db, [remember, ...createGoalItems(db, goal, actions)], 1);
    if (refusing === undefined) return { isNew: true, goal: goalAnswer(goal, actions, NO_TASKS) };
  }
  throw new TransientError('Another request with this Idempotency-Key is under way');
}
