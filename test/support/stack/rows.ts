import { type AttributeValue, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
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

  return {
    /** All rows of a partition, in the order of their keys. */
    async of(table: TableName, partition: string): Promise<Row[]> {
      const rows: Row[] = [];
      const input = {
        TableName: fullName(table),
        KeyConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': PARTITION_KEYS[table] },
        ExpressionAttributeValues: { ':key': { S: partition } },
        ConsistentRead: true,
      };
      for await (const { Items = [] } of paginateQuery({ client: connected() }, input)) rows.push(...Items);
      return rows;
    },
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
