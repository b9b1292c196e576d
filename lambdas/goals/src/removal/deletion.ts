import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Database, transact } from '@goal-activity/core/aws/database.ts';

/**
 * Sort key of the row that takes the place of a goal's row while what belongs to the goal is being removed. No reader knows
 * it, so none can forget to look whether a goal is deleted: there is no such goal any more. It is in the index of its
 * user's goals, as the newest one, so that the next list finds a deletion that was interrupted.
 */
export const DELETED = 'DELETED';

/** Rows that one transaction removes, at most (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html). */
const AT_ONCE = 100;

/** The sort keys of a goal's rows in a table, consistently. */
async function listKeys({ client }: Database, TableName: string, goalId: string): Promise<unknown[]> {
  const keys: unknown[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'goalId = :goalId',
        ExpressionAttributeValues: { ':goalId': goalId },
        ProjectionExpression: 'sk',
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    keys.push(...Items.map(({ sk }) => sk));
    start = LastEvaluatedKey;
  } while (start);
  return keys;
}

/** Removes the rows of a goal in a table, but for the one that says that it is deleted. */
async function removeRows(db: Database, TableName: string, goalId: string): Promise<void> {
  const keys = (await listKeys(db, TableName, goalId)).filter((sk) => sk !== DELETED);
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = keys.slice(from, from + AT_ONCE);
    await transact(
      db,
      some.map((sk) => ({ Delete: { TableName, Key: { goalId, sk } } })),
    );
  }
}

/**
 * Removes what is left of a deleted goal: tasks and actions, then the row that says so. Nobody can add to them, since every
 * change of them depends on the goal's row. Safe to repeat from any point, and at the same time as others; does nothing
 * where no goal of this user is being deleted.
 */
export async function finishDeletion(db: Database, goalId: string, userId: string): Promise<void> {
  const Key = { goalId, sk: DELETED };
  const { Item } = await db.client.send(new GetCommand({ TableName: db.goals, Key, ConsistentRead: true }));
  if (Item?.userId !== userId) return;
  await Promise.all([db.tasks, db.goals].map((table) => removeRows(db, table, goalId)));
  await transact(db, [{ Delete: { TableName: db.goals, Key } }]);
}
