import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type KeySchemaElement,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableDescription } from '../../terraform/stack-description.ts';

/** A client of the local database, whatever AWS credentials the environment holds. */
export function createClient(url: string, region: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** Makes the tables that are missing, with indexes and TTL, and indexes that are new; resolves once all are active. */
export async function createTables(client: DynamoDBClient, tables: readonly TableDescription[]): Promise<void> {
  await Promise.all(tables.map((table) => createTable(client, table)));
}

async function createTable(client: DynamoDBClient, table: TableDescription): Promise<void> {
  try {
    await client.send(new CreateTableCommand(createTableInput(table)));
  } catch (thrown) {
    // The database was kept from the run before.
    if (!(thrown instanceof Error && thrown.name === 'ResourceInUseException')) throw thrown;
    await updateTable(client, table);
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: table.name });
  if (table.ttlAttribute !== undefined) await enableTtl(client, table.name, table.ttlAttribute);
}

/** Adds the indexes that a kept table lacks, one request an index, as DynamoDB has it. */
async function updateTable(client: DynamoDBClient, table: TableDescription): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table.name }));
  const known = new Set(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = createTableInput(table);
  for (const index of GlobalSecondaryIndexes) {
    if (known.has(index.IndexName)) continue;
    await client.send(
      new UpdateTableCommand({
        TableName: table.name,
        AttributeDefinitions,
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      }),
    );
  }
}

/** The request that makes a table as Terraform would. */
export function createTableInput(table: TableDescription): CreateTableCommandInput {
  const indexes = table.globalSecondaryIndexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.hashKey, index.rangeKey),
    Projection: { ProjectionType: index.projectionType },
  }));
  return {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: table.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keySchema(table.hashKey, table.rangeKey),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

function keySchema(hashKey: string, rangeKey: string | undefined): KeySchemaElement[] {
  const hash = { AttributeName: hashKey, KeyType: 'HASH' } as const;
  return rangeKey === undefined ? [hash] : [hash, { AttributeName: rangeKey, KeyType: 'RANGE' }];
}

/** Asked for what it has already, DynamoDB answers with an error. */
async function enableTtl(client: DynamoDBClient, tableName: string, attribute: string): Promise<void> {
  const { TimeToLiveDescription: now } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
  if (now?.TimeToLiveStatus === 'ENABLED' && now.AttributeName === attribute) return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: attribute },
    }),
  );
}
