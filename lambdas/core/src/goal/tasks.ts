import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from '../aws/boundary.ts';
import type { Database } from '../aws/database.ts';
import type { TaskRow, TaskState } from '../types.ts';
import * as validators from '../validators.generated.js';

/** Begins the ids of all tasks of an action. */
const taskPrefix = (actionId: string) => `${actionId}#`;

/**
 * Sort key and id of a task that an execution makes. The same for every attempt, so that writing twice changes nothing; with
 * the number at the end of the execution's name, so that no other execution has it.
 */
export const taskKey = (executionArn: string, actionId: string, index: number) =>
  `${taskPrefix(actionId)}${executionArn.slice(executionArn.lastIndexOf('-') + 1)}-${index}`;

/** The same, of rows from before the execution was part of it. */
export const oldTaskKey = (actionId: string, index: number) => `${taskPrefix(actionId)}${index}`;

/** Sort key and id of a task that a person adds. @param id of this task alone */
export const addedTaskKey = (actionId: string, id: string) => `${taskPrefix(actionId)}p-${id}`;

/** Whether an execution made it: an action with such a task has its tasks, one with added tasks alone has not. */
export const isMade = ({ executionArn }: Pick<TaskRow, 'executionArn'>) => executionArn !== undefined;

/** Whether an execution made it and no person has changed it since: others may remove it (rule 8). */
export const isUntouched = (task: Pick<TaskRow, 'executionArn' | 'changedAt'>) =>
  isMade(task) && task.changedAt === undefined;

/** How often a task was changed, and one more; of rows from before it was kept, 1. */
export const versionOf = ({ version = 1 }: Pick<TaskRow, 'version'>) => version;

/** Deletes a task of an execution unless a person has changed it (rule 8); refused then, and when it is not there. */
export const deleteUntouched = (
  { tasks: TableName }: Database,
  goalId: string,
  { taskId, executionArn }: Pick<TaskRow, 'taskId' | 'executionArn'>,
) => ({
  TableName,
  Key: { goalId, sk: taskId },
  ConditionExpression: 'executionArn = :executionArn AND attribute_not_exists(changedAt)',
  ExpressionAttributeValues: { ':executionArn': executionArn },
});

/** Puts a task where there is none. */
export const putTask = ({ tasks: TableName }: Database, task: Readonly<Record<string, unknown>>) => ({
  TableName,
  Item: { ...task, sk: task.taskId },
  ConditionExpression: 'attribute_not_exists(sk)',
});

/** Reads a task, consistently; undefined when there is none. */
export async function getTask(db: Database, goalId: string, taskId: string): Promise<TaskRow | undefined> {
  const command = new GetCommand({ TableName: db.tasks, Key: { goalId, sk: taskId }, ConsistentRead: true });
  const { Item } = await db.client.send(command);
  return Item && parse(validators.taskRow, Item, 'A task row');
}

/** Attributes to read, in DynamoDB's syntax. */
interface Projection {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
}

/** Rows of a goal's tasks, consistently (some 2,000 at the most, page by page), in the order of their keys. */
async function queryTasks(db: Database, goalId: string, actionId?: string, projection?: Projection): Promise<object[]> {
  const ofAction = actionId === undefined ? {} : { ':prefix': taskPrefix(actionId) };
  const rows: object[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await db.client.send(
      new QueryCommand({
        TableName: db.tasks,
        KeyConditionExpression: `goalId = :goalId${actionId === undefined ? '' : ' AND begins_with(sk, :prefix)'}`,
        ExpressionAttributeValues: { ':goalId': goalId, ...ofAction },
        ProjectionExpression: projection?.expression,
        ExpressionAttributeNames: projection?.names,
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    rows.push(...(Items ?? []));
    start = LastEvaluatedKey;
  } while (start);
  return rows;
}

/** Reads the tasks of a goal. @param actionId of this action alone */
export async function listTasks(db: Database, goalId: string, actionId?: string): Promise<TaskRow[]> {
  return (await queryTasks(db, goalId, actionId)).map((item) => parse(validators.taskRow, item, 'A task row'));
}

const STATE = { expression: 'taskId, actionId, #status, executionArn, changedAt', names: { '#status': 'status' } };

/** Reads of the tasks of a goal whose they are and whether they are done, but no texts. */
export async function listTaskStates(db: Database, goalId: string): Promise<TaskState[]> {
  const rows = await queryTasks(db, goalId, undefined, STATE);
  return rows.map((item) => parse(validators.taskState, item, 'A task row'));
}
