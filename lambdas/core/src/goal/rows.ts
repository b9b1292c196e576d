import { BatchGetCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import type { Database } from '../aws/database.ts';
import { TransientError } from '../errors.ts';
import type { ActionRow, GoalRow } from '../types.ts';
import * as validators from '../validators.generated.js';

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

/**
 * Reads a goal and one of its actions in one request, consistently; undefined for what is not there.
 * @throws TransientError when DynamoDB left one of them out, as it may under load
 */
export async function getGoalWithAction(
  db: Database,
  goalId: string,
  position: number,
): Promise<{ goal: GoalRow | undefined; action: ActionRow | undefined }> {
  const sk = actionKey(position);
  const { Responses, UnprocessedKeys } = await db.client.send(
    new BatchGetCommand({
      RequestItems: { [db.goals]: { Keys: [GOAL, sk].map((each) => ({ goalId, sk: each })), ConsistentRead: true } },
    }),
  );
  if (UnprocessedKeys?.[db.goals]) throw new TransientError('DynamoDB did not read all keys');
  const items = Responses?.[db.goals] ?? [];
  const goal = items.find((item) => item.sk === GOAL);
  const action = items.find((item) => item.sk === sk);
  return {
    goal: goal && parse(validators.goalRow, goal, 'A goal row'),
    action: action && parse(validators.actionRow, action, 'An action row'),
  };
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
