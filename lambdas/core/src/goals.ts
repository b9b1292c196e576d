import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from './boundary.ts';
import type { Database } from './database.ts';
import type { ActionRow, GoalRow } from './types.ts';
import * as validators from './validators.generated.js';

export const GOAL = 'GOAL';

/** Sort key of an action's row, in goals and in workflow-executions alike; two digits keep the order of positions. */
export const actionKey = (position: number) => `ACTION#${String(position).padStart(2, '0')}`;

/** Reads a goal, consistently; undefined when there is none. The caller checks the owner (rule 5). */
export async function getGoal(db: Database, goalId: string): Promise<GoalRow | undefined> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.goals, Key: { goalId, sk: GOAL }, ConsistentRead: true }),
  );
  return Item && parse(validators.goalRow, Item, 'A goal row');
}

/** Reads one action, consistently; undefined when there is none at this position. */
export async function getAction(db: Database, goalId: string, position: number): Promise<ActionRow | undefined> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.goals, Key: { goalId, sk: actionKey(position) }, ConsistentRead: true }),
  );
  return Item && parse(validators.actionRow, Item, 'An action row');
}

/** Reads the actions of a goal in order; at most 64 rows of about 3 KB, so one page of 1 MB holds them. */
export async function listActions(db: Database, goalId: string): Promise<ActionRow[]> {
  const { Items } = await db.client.send(
    new QueryCommand({
      TableName: db.goals,
      KeyConditionExpression: 'goalId = :goalId AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':goalId': goalId, ':prefix': 'ACTION#' },
      ConsistentRead: true,
    }),
  );
  return (Items ?? []).map((item) => parse(validators.actionRow, item, 'An action row'));
}
