import { DeleteItemCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { TableDescription } from '../../terraform/stack-description.ts';
import { createClient } from './tables.ts';

export interface ExpiryOptions {
  readonly tables: readonly TableDescription[];
  /** Of the database. */
  readonly databaseUrl: string;
  readonly region: string;
  onFailure(error: unknown): void;
}

/** DynamoDB deletes an expired row "within a few days". */
const EVERY_MS = 10 * 60_000;

/** What lets rows expire. */
export type Expiry = ReturnType<typeof startExpiry>;

/** Deletes rows whose time to live is over: every ten minutes, and when it is told to. */
export function startExpiry({ tables, databaseUrl, region, onFailure }: ExpiryOptions) {
  const client = createClient(databaseUrl, region);

  /**
   * Deletes every row whose time to live ended before a time, as DynamoDB does.
   * @param before seconds since the epoch
   * @returns how many rows, by table
   */
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

/** @returns how many rows it deleted; that a row is given more time meanwhile does not happen here */
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
  const keyOf = (row: object) => Object.fromEntries(Object.entries(row).filter(isKey));
  let deleted = 0;
  for await (const { Items = [] } of pages) {
    await Promise.all(Items.map((row) => client.send(new DeleteItemCommand({ TableName, Key: keyOf(row) }))));
    deleted += Items.length;
  }
  return deleted;
}
