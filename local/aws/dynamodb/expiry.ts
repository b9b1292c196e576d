import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { TableDescription } from '../../terraform/stack-description.ts';
import { createClient } from './tables.ts';

export interface ExpiryOptions {
  readonly tables: readonly TableDescription[];
  /** Of the database. */
  readonly databaseUrl: string;
  readonly region: string;
  onFailure(error: unknown): void;
}

/** What lets rows expire. */
export interface Expiry {
  /**
   * Deletes every row whose time to live ended before a time, as DynamoDB does.
   * @param before seconds since the epoch
   * @returns how many rows, by table
   */
  expire(before: number): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** DynamoDB deletes an expired row "within a few days". */
const EVERY_MS = 10 * 60_000;

/** Deletes rows whose time to live is over: every ten minutes, and when it is told to. */
export function startExpiry({ tables, databaseUrl, region, onFailure }: ExpiryOptions): Expiry {
  const client = createClient(databaseUrl, region);
  let deleting: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function deleteAll(before: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { ttlAttribute } = table;
      if (ttlAttribute !== undefined) counts[table.name] = await deleteExpired(client, table, ttlAttribute, before);
    }
    return counts;
  }

  /** One at a time. */
  function expire(before: number): Promise<Record<string, number>> {
    const next = deleting.then(() => {
      if (isClosed) throw new Error('the expiry is closed');
      return deleteAll(before);
    });
    deleting = next.catch(() => undefined);
    return next;
  }

  const timer = setInterval(() => {
    expire(Math.floor(Date.now() / 1000)).catch((error: unknown) => {
      if (!isClosed) onFailure(error);
    });
  }, EVERY_MS);
  timer.unref();

  return {
    expire,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await deleting;
      client.destroy();
    },
  };
}

type Table = Pick<TableDescription, 'name' | 'hashKey' | 'rangeKey'>;

/**
 * Deletes the rows of a table whose time to live ended before a time. A row that was changed meanwhile stays.
 * @param before seconds since the epoch
 * @returns how many rows were deleted
 */
async function deleteExpired(
  client: DynamoDBClient,
  { name: TableName, hashKey, rangeKey }: Table,
  ttlAttribute: string,
  before: number,
): Promise<number> {
  const keyNames = rangeKey === undefined ? [hashKey] : [hashKey, rangeKey];
  const names = Object.fromEntries([...keyNames, ttlAttribute].map((name, index) => [`#${index}`, name]));
  const ttl = `#${keyNames.length}`;
  const pages = paginateScan(
    { client },
    {
      TableName,
      ProjectionExpression: Object.keys(names).join(', '),
      // As on AWS, a TTL attribute that is no number says nothing.
      FilterExpression: `attribute_type(${ttl}, :number) AND ${ttl} < :before`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':number': { S: 'N' }, ':before': { N: String(before) } },
    },
  );
  let deleted = 0;
  for await (const { Items = [] } of pages) {
    const answers = await Promise.all(Items.map((item) => deleteRow(client, TableName, item, ttlAttribute)));
    deleted += answers.filter((isDeleted) => isDeleted).length;
  }
  return deleted;
}

/** @param item the row's key and its TTL attribute. @returns false for a row that has changed, or is gone */
async function deleteRow(
  client: DynamoDBClient,
  TableName: string,
  item: Record<string, AttributeValue>,
  ttlAttribute: string,
): Promise<boolean> {
  const { [ttlAttribute]: expiresAt, ...Key } = item;
  if (expiresAt === undefined) return false;
  try {
    await client.send(
      new DeleteItemCommand({
        TableName,
        Key,
        ConditionExpression: '#ttl = :expiresAt',
        ExpressionAttributeNames: { '#ttl': ttlAttribute },
        ExpressionAttributeValues: { ':expiresAt': expiresAt },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
