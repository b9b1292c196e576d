import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { createClient, createTables } from '../../../local/aws/dynamodb/tables.ts';
import { PEOPLE } from './faults/testing.ts';

describe('createTables', () => {
  it('leaves a table that was kept, and adds its new indexes with the rows that are there', async () => {
    const dynoxide = await startDynoxide();
    const client = createClient(dynoxide.url, 'eu-west-1');
    const documents = DynamoDBDocumentClient.from(client);
    try {
      await createTables(client, [
        { ...PEOPLE, globalSecondaryIndexes: [], attributes: PEOPLE.attributes.slice(0, 2) },
      ]);
      const Item = { id: 'a', sk: 'PERSON', team: 'red', since: '2026' };
      await documents.send(new PutCommand({ TableName: 'people', Item }));
      await createTables(client, [PEOPLE]);
      const query = {
        TableName: 'people',
        IndexName: 'byTeam',
        KeyConditionExpression: 'team = :team',
        ExpressionAttributeValues: { ':team': 'red' },
      };
      expect((await documents.send(new QueryCommand(query))).Items).to.deep.equal([Item]);
    } finally {
      client.destroy();
      await dynoxide.close();
    }
  });
});
