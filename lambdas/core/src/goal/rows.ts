import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import type { Database } from '../aws/database.ts';
import type { ActionRow, GoalRow } from '../types.ts';
import * as validators from '../validators.generated.js';

export const GOAL = 'GOAL';

const ACTION = 'ACTION#';

/** Sort key of an action's row, in goals and in workflow-executions alike; two digits keep the order of positions. */
export const actionKey = (position: number) => `${ACTION}${String(position).padStart(2, '0')}`;
const isAction = ({ sk }: Record<string, unknown>) => String(sk).startsWith(ACTION);

/** Reads a goal, consistently; undefined when there is none. The caller checks the owner (rule 5). */
export async function getGoal(db: Database, goalId: string): Promise<GoalRow | undefined> {
  const { Item } = await db.client.send(
    new GetCommand({ TableName: db.goals, Key: { goalId, sk: GOAL }, ConsistentRead: true }),
  );
  return Item && parse(validators.goalRow, Item, 'A goal row');
}

/** Reads a goal and its actions in order, consistently; at most 65 rows of about 3 KB, so one page of 1 MB holds them. */
export async function getGoalWithActions(
  db: Database,
  goalId: string,
): Promise<{ goal: GoalRow | undefined; actions: ActionRow[] }> {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.goals,
      KeyConditionExpression: 'goalId = :goalId',
      ExpressionAttributeValues: { ':goalId': goalId },
      ConsistentRead: true,
    }),
  );
  const goal = Items.find(({ sk }) => sk === GOAL);
  return {
    goal: goal && parse(validators.goalRow, goal, 'A goal row'),
    actions: Items.filter(isAction).map((item) => parse(validators.actionRow, item, 'An action row')),
  };
}

/** Reads the actions of a goal in order; at most 64 rows of about 3 KB, so one page of 1 MB holds them. */
export async function listActions(db: Database, goalId: string): Promise<ActionRow[]> {
  const { Items } = await db.client.send(
    new QueryCommand({
      TableName: db.goals,
      KeyConditionExpression: 'goalId = :goalId AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':goalId': goalId, ':prefix': ACTION },
      ConsistentRead: true,
    }),
  );
  return (Items ?? []).map((item) => parse(validators.actionRow, item, 'An action row'));
}
