import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import type { Database } from '../aws/database.ts';
import type { ExecutionRow } from '../types.ts';
import * as validators from '../validators.generated.js';

/**
 * How many executions a user has running is limited without a count that could be wrong: a row of the user holds the
 * ARNs of the executions that may be running. A claim adds its own in its transaction, on the condition that there are
 * not too many, so starts that race cannot pass the limit together. Nobody needs to take an ARN out when its execution
 * ends: whoever finds the row full takes out those that have ended. So the row holds all that run, always, and what
 * else it holds costs a few reads in every fifth start.
 */
const SLOTS = 'RUNNING';

/**
 * A key that no reader of executions, outcomes or goals asks for. Has no userId or createdAt, so the index of goals does
 * not have it. One row a user, kept like the user's goals.
 */
const slotsKey = (userId: string) => ({ goalId: `slots#${userId}`, sk: SLOTS });

/** The part of a claim that takes a slot; refused when there is none. */
export function takeSlot(db: Database, { executionArn, userId }: ExecutionRow, maxRunning: number) {
  return {
    TableName: db.goals,
    Key: slotsKey(userId),
    UpdateExpression: 'ADD executions :executions',
    ConditionExpression: 'attribute_not_exists(executions) OR size(executions) < :maxRunning',
    ExpressionAttributeValues: {
      ':executions': new Set([executionArn]),
      ':maxRunning': maxRunning,
    },
  };
}

/** The executions in a user's slots, running or not, consistently. */
export async function listSlots(db: Database, userId: string): Promise<string[]> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.goals, Key: slotsKey(userId), ConsistentRead: true }),
  );
  const executions: unknown = Item?.executions;
  if (!(executions instanceof Set)) return [];
  return parse(validators.slotsRow, { executions: [...executions] }, 'A row of slots').executions;
}

/**
 * Frees the slots of a user's executions that have ended, or whose claim was taken back: a name is never used again.
 * @param isRunning whether the execution runs, by a consistent read
 * @returns how many slots are still held; another start may have freed some meanwhile, so none freed does not mean none free
 */
export async function freeSlots(
  db: Database,
  userId: string,
  isRunning: (executionArn: string) => Promise<boolean>,
): Promise<number> {
  const held = await listSlots(db, userId);
  const running = await Promise.all(held.map(isRunning));
  const ended = held.filter((_, index) => running[index] === false);
  if (ended.length === 0) return held.length;
  await db.client.send(
    new UpdateCommand({
      TableName: db.goals,
      Key: slotsKey(userId),
      UpdateExpression: 'DELETE executions :ended',
      ExpressionAttributeValues: { ':ended': new Set(ended) },
    }),
  );
  return held.length - ended.length;
}
