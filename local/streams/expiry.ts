import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { TableDescription } from '../terraform.ts';
import type { ExpiredRow, StreamStore } from './store.ts';

type Table = Pick<TableDescription, 'name' | 'hashKey' | 'rangeKey' | 'ttlAttribute'>;
type Notes = Pick<StreamStore, 'noteExpired' | 'forgetExpired'>;

/**
 * Deletes the rows of a table whose time to live ended before a time. Each is noted first, so that its record in the
 * stream can be told from a deletion that somebody asked for, whatever ends this process in between. A row that was
 * changed meanwhile stays.
 * @param before seconds since the epoch
 * @returns how many rows were deleted
 */
export async function deleteExpired(
  client: DynamoDBClient,
  table: Table,
  notes: Notes,
  before: number,
): Promise<number> {
  const { name: tableName, hashKey, rangeKey, ttlAttribute } = table;
  if (ttlAttribute === undefined) return 0;
  const keyNames = rangeKey === undefined ? [hashKey] : [hashKey, rangeKey];
  const names = Object.fromEntries([...keyNames, ttlAttribute].map((name, index) => [`#${index}`, name]));
  const ttl = `#${keyNames.length}`;
  const pages = paginateScan(
    { client },
    {
      TableName: tableName,
      ProjectionExpression: Object.keys(names).join(', '),
      // As on AWS, a TTL attribute that is no number says nothing.
      FilterExpression: `attribute_type(${ttl}, :number) AND ${ttl} < :before`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':number': { S: 'N' }, ':before': { N: String(before) } },
    },
  );
  let deleted = 0;
  for await (const { Items = [] } of pages) {
    const rows = Items.map((item) => toExpiredRow(item, tableName, keyNames, ttlAttribute));
    notes.noteExpired(rows, Date.now());
    const answers = await Promise.all(rows.map((row) => deleteRow(client, row, ttlAttribute)));
    for (const [index, row] of rows.entries()) if (answers[index] === false) notes.forgetExpired(row);
    deleted += answers.filter((isDeleted) => isDeleted).length;
  }
  return deleted;
}

type Row = ExpiredRow & { readonly key: Record<string, AttributeValue> };

function toExpiredRow(
  item: Record<string, AttributeValue>,
  tableName: string,
  keyNames: readonly string[],
  ttlAttribute: string,
): Row {
  const key = Object.fromEntries(
    keyNames.flatMap((name) => {
      const value = item[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  return { tableName, key, expiresAt: item[ttlAttribute]?.N ?? '' };
}

/** @returns false for a row that has changed, or is gone */
async function deleteRow(client: DynamoDBClient, row: Row, ttlAttribute: string): Promise<boolean> {
  try {
    await client.send(
      new DeleteItemCommand({
        TableName: row.tableName,
        Key: row.key,
        ConditionExpression: '#ttl = :expiresAt',
        ExpressionAttributeNames: { '#ttl': ttlAttribute },
        ExpressionAttributeValues: { ':expiresAt': { N: row.expiresAt } },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
