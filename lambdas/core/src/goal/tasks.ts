import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import type { Database } from '../aws/database.ts';
import type { TaskRow } from '../types.ts';
import * as validators from '../validators.generated.js';

/** Sort key and id of a task: the same for every attempt, so that writing twice changes nothing. */
export const taskKey = (actionId: string, index: number) => `${actionId}#${index}`;

/** Reads all tasks of a goal, consistently (at most 512 rows, page by page), in the order of their keys. */
export async function listTasks(db: Database, goalId: string): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await db.client.send(
      new QueryCommand({
        TableName: db.tasks,
        KeyConditionExpression: 'goalId = :goalId',
        ExpressionAttributeValues: { ':goalId': goalId },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    rows.push(...(Items ?? []).map((item) => parse(validators.taskRow, item, 'A task row')));
    start = LastEvaluatedKey;
  } while (start);
  return rows;
}
