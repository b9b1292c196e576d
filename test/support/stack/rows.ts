import { type AttributeValue, type DynamoDBClient, paginateQuery, paginateScan } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createClient } from '../../../local/aws/dynamodb/tables.ts';
import type { LocalStack } from '../../../local/stack.ts';

/** A row as the database holds it. */
export type Row = Readonly<Record<string, AttributeValue>>;
export type TableName = 'goals' | 'tasks' | 'workflow-executions';

/** The value of a text attribute. */
export const textOf = (row: Row | undefined, name: string) => row?.[name]?.S;
export const numberOf = (row: Row | undefined, name: string) => Number(row?.[name]?.N);

const PARTITION_KEYS = { goals: 'goalId', tasks: 'goalId', 'workflow-executions': 'executionArn' } as const;

/** Reads the tables of a stack directly, consistently, for the tests of one describe block. */
export function useRows(stack: () => LocalStack) {
  let client: DynamoDBClient | undefined;
  let url = '';
  const connected = () => {
    if (client !== undefined && url === stack().databaseUrl) return client;
    client?.destroy(); // the stack was started again
    url = stack().databaseUrl;
    client = createClient(url, stack().description.region);
    return client;
  };
  const fullName = (table: TableName) => `${stack().description.prefix}-${table}`;
  after(() => client?.destroy());

  async function itemsOf(pages: AsyncIterable<{ Items?: Row[] | undefined }>): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const { Items = [] } of pages) rows.push(...Items);
    return rows;
  }

  return {
    /** All rows of a partition, in the order of their keys. */
    of: (table: TableName, partition: string) =>
      itemsOf(
        paginateQuery(
          { client: connected() },
          {
            TableName: fullName(table),
            KeyConditionExpression: '#key = :key',
            ExpressionAttributeNames: { '#key': PARTITION_KEYS[table] },
            ExpressionAttributeValues: { ':key': { S: partition } },
            ConsistentRead: true,
          },
        ),
      ),
    all: (table: TableName) =>
      itemsOf(paginateScan({ client: connected() }, { TableName: fullName(table), ConsistentRead: true })),
  };
}

/** A client of the tables of a stack, past all faults, for the tests of one describe block. */
export function useDocuments(stack: () => LocalStack): () => DynamoDBDocumentClient {
  let documents: DynamoDBDocumentClient | undefined;
  after(() => documents?.destroy());
  return () => {
    documents ??= DynamoDBDocumentClient.from(createClient(stack().databaseUrl, stack().description.region));
    return documents;
  };
}
