import { randomUUID } from 'node:crypto';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { type Dynoxide, startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { createClient, createTables } from '../../../local/aws/dynamodb/tables.ts';
import { failureOf } from '../../support/failure.ts';
import { PEOPLE, THINGS } from './faults/testing.ts';

describe('createTables', () => {
  let dynoxide: Dynoxide | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocumentClient;
  before(async () => {
    dynoxide = await startDynoxide();
    client = createClient(dynoxide.url, 'eu-west-1');
    documents = DynamoDBDocumentClient.from(client);
    await createTables(client, [PEOPLE, THINGS]);
  });
  after(async () => {
    client.destroy();
    await dynoxide?.close();
  });

  it('makes active tables with keys and indexes', async () => {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'people' }));
    expect(table).to.deep.include({
      TableStatus: 'ACTIVE',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    const indexes = table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => [
      IndexName,
      KeySchema?.map(({ AttributeName }) => AttributeName),
      Projection?.ProjectionType,
    ]);
    expect(indexes).to.have.deep.members([
      ['byTeam', ['team', 'since'], 'ALL'],
      ['keysByTeam', ['team'], 'KEYS_ONLY'],
    ]);
  });

  it('leaves a table that was kept, and adds its new indexes with the rows that are there', async () => {
    const kept = { ...PEOPLE, name: 'kept' };
    await createTables(client, [{ ...kept, globalSecondaryIndexes: [], attributes: kept.attributes.slice(0, 2) }]);
    const Item = { id: 'a', sk: 'PERSON', team: 'red', since: '2026' };
    await documents.send(new PutCommand({ TableName: 'kept', Item }));
    await createTables(client, [kept]);
    await createTables(client, [kept]);
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: 'kept',
        IndexName: 'byTeam',
        KeyConditionExpression: 'team = :team',
        ExpressionAttributeValues: { ':team': 'red' },
      }),
    );
    expect(Items).to.deep.equal([Item]);
  });

  it('gives tables whose transactions have the limits of AWS: 100 items, each once', async () => {
    const transact = (ids: readonly string[]) =>
      documents.send(
        new TransactWriteCommand({ TransactItems: ids.map((id) => ({ Put: { TableName: 'things', Item: { id } } })) }),
      );
    const ids = Array.from({ length: 101 }, () => randomUUID());
    expect(await failureOf(transact(ids))).to.have.property('name', 'ValidationException');
    await transact(ids.slice(1));
    expect(await failureOf(transact(['twice', 'twice']))).to.have.property('name', 'ValidationException');
  });
});
