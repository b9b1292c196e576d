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
  close(): void;
}

/** DynamoDB deletes an expired row "within a few days". */
const EVERY_MS = 10 * 60_000;

/** Deletes rows whose time to live is over: every ten minutes, and when it is told to. */
export function startExpiry({ tables, databaseUrl, region, onFailure }: ExpiryOptions): Expiry {
  const client = createClient(databaseUrl, region);

  async function expire(before: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      if (table.ttlAttribute !== undefined)
        counts[table.name] = await deleteExpired(client, table, table.ttlAttribute, before);
    }
    return counts;
  }

  const timer = setInterval(() => expire(Math.floor(Date.now() / 1000)).catch(onFailure), EVERY_MS).unref();
  return {
    expire,
    close() {
      clearInterval(timer);
      client.destroy();
    },
  };
}

/** @returns how many rows it deleted; a row that was changed meanwhile stays, and one that is gone does not count */
async function deleteExpired(
  client: DynamoDBClient,
  { name: TableName, hashKey, rangeKey }: TableDescription,
  ttlAttribute: string,
  before: number,
): Promise<number> {
  const pages = paginateScan(
    { client },
    {
      TableName,
      // As on AWS, a TTL attribute that is no number says nothing.
      FilterExpression: 'attribute_type(#ttl, :number) AND #ttl < :before',
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
      ExpressionAttributeValues: { ':number': { S: 'N' }, ':before': { N: String(before) } },
    },
  );
  const isKey = ([name]: readonly [string, unknown]) => name === hashKey || name === rangeKey;
  const deleteRow = (row: Record<string, AttributeValue>): Promise<number> =>
    client
      .send(
        new DeleteItemCommand({
          TableName,
          Key: Object.fromEntries(Object.entries(row).filter(isKey)),
          ConditionExpression: '#ttl < :before',
          ExpressionAttributeNames: { '#ttl': ttlAttribute },
          ExpressionAttributeValues: { ':before': { N: String(before) } },
        }),
      )
      .then(
        () => 1,
        (error: unknown) => {
          if (error instanceof ConditionalCheckFailedException) return 0;
          throw error;
        },
      );
  let deleted = 0;
  for await (const { Items = [] } of pages) {
    for (const count of await Promise.all(Items.map(deleteRow))) deleted += count;
  }
  return deleted;
}
