import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  UpdateTableCommand,
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

/** Makes the tables that are missing, and the indexes that kept tables lack. TTL is what the stack's own expiry does. */
export async function createTables(client: DynamoDBClient, tables: readonly TableDescription[]): Promise<void> {
  await Promise.all(tables.map((table) => createTable(client, table)));
}

async function createTable(client: DynamoDBClient, table: TableDescription): Promise<void> {
  const request = createTableRequest(table);
  const { TableName, AttributeDefinitions, GlobalSecondaryIndexes = [] } = request;
  try {
    await client.send(new CreateTableCommand(request));
    return;
  } catch (thrown) {
    // The database was kept from the run before.
    if (!(thrown instanceof ResourceInUseException)) throw thrown;
  }
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const known = new Set(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  for (const index of GlobalSecondaryIndexes.filter(({ IndexName }) => !known.has(IndexName))) {
    // One a request, as DynamoDB has it.
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    await client.send(new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates }));
  }
}

/** The request that makes a table as Terraform would. */
function createTableRequest(table: TableDescription): CreateTableCommandInput {
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
