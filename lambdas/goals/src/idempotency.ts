import { createHash } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '@goal-activity/core/aws/boundary.ts';
import { type Database, transact } from '@goal-activity/core/aws/database.ts';
import { canonicalJson } from '@goal-activity/core/canonical-json.ts';
import { Problem, TransientError } from '@goal-activity/core/errors.ts';
import { invalidField } from '@goal-activity/core/http/http.ts';
import { type CreateGoal, createGoalItems, goalAnswer, newGoal, readGoal } from './goals.ts';
import * as validators from './validators.generated.js';

/** Sort key of the row that remembers which goal an `Idempotency-Key` made. */
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
  // What tells two requests apart: their values, not their spelling as JSON.
  const hash = sha256(canonicalJson(body));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { Item } = await db.client.send(
      new GetCommand({ TableName: db.goals, Key: rowKey(userId, key), ConsistentRead: true }),
    );
    if (Item !== undefined) {
      const row = parse(validators.keyRow, Item, 'The row of an Idempotency-Key');
      if (row.bodyHash === hash) return { isNew: false, goal: await readGoal(db, row.createdGoalId, userId) };
      const detail = 'It was sent with another body. Use a new key for a new request.';
      throw new Problem(422, 'idempotency_key_reused', 'The Idempotency-Key was used before', detail);
    }
    const { goal, actions } = newGoal(body, userId, newId, now);
    const row = { ...rowKey(userId, key), createdGoalId: goal.goalId, bodyHash: hash, keptSince: goal.createdAt };
    const put = { TableName: db.goals, Item: row, ConditionExpression: 'attribute_not_exists(goalId)' };
    const refusing = await transact(db, [{ Put: put }, ...createGoalItems(db, goal, actions)], 1);
    if (refusing === undefined) return { isNew: true, goal: goalAnswer(goal, actions) };
  }
  throw new TransientError('Another request with this Idempotency-Key is under way');
}
