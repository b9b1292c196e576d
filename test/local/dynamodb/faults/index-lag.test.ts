import { randomUUID } from 'node:crypto';
import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { eventually } from '../../../support/stack/stack.ts';
import { byTeam, useUnkindDatabases } from './testing.ts';

const TableName = 'people';

describe('an index that lags', () => {
  const databases = useUnkindDatabases();

  /** A team of its own for each test. */
  function givenTeam() {
    const team = randomUUID();
    const person = (id: string, more: object = {}) => ({ id: `${team} ${id}`, sk: 'PERSON', team, since: id, ...more });
    const keyOf = (id: string) => ({ TableName, Key: { id: `${team} ${id}`, sk: 'PERSON' } });
    const list = async (client: DynamoDBDocumentClient) => (await client.send(new QueryCommand(byTeam(team)))).Items;
    return { team, person, keyOf, list };
  }

  it('shows rows as they were until their time has come, whatever wrote them: new, changed, deleted, entering or leaving it', async () => {
    let waiting = Promise.withResolvers<void>();
    const client = await databases.start({ indexLagMs: 1000 }, { sleep: () => waiting.promise });
    const { team, person, keyOf, list } = givenTeam();
    const put = (item: object) => client.send(new PutCommand({ TableName, Item: { ...item } }));
    const update = (id: string, UpdateExpression: string, values?: Record<string, unknown>) =>
      client.send(new UpdateCommand({ ...keyOf(id), UpdateExpression, ExpressionAttributeValues: values }));
    /** Lets the index catch up with what was written so far: it then shows what the engine's own does. */
    async function pass(): Promise<void> {
      waiting.resolve();
      waiting = Promise.withResolvers();
      const expected = await list(databases.direct());
      await eventually(async () => expect(await list(client)).to.deep.equal(expected));
    }
    const absent = { ConditionCheck: { ...keyOf('z'), ConditionExpression: 'attribute_not_exists(id)' } };
    await client.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: person('a') } }, absent] }));
    const entries = [{ PutRequest: { Item: person('b') } }, { DeleteRequest: { Key: keyOf('z').Key } }];
    await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: entries } }));
    await put(person('c'));
    await put({ ...keyOf('d').Key, since: 'd' });
    await update('d', 'SET team = :team', { ':team': team });
    expect(await list(client)).to.deep.equal([]);
    await pass();
    const before = ['a', 'b', 'c', 'd'].map((id) => person(id));
    expect(await list(client)).to.deep.equal(before);
    await update('a', 'SET age = :age', { ':age': 2 });
    await client.send(new DeleteCommand(keyOf('b')));
    await update('c', 'REMOVE team');
    await put(person('d', { team: 'another' }));
    expect(await list(client)).to.deep.equal(before);
    await pass();
    expect(await list(client)).to.deep.equal([person('a', { age: 2 })]);
  });

  it('begins with what the table holds, and ends with what a row became, however its writes met', async () => {
    const { person, keyOf, list } = givenTeam();
    await databases.direct().send(new PutCommand({ TableName, Item: person('a', { age: 0 }) }));
    const client = await databases.start({ indexLagMs: 5 });
    expect(await list(client)).to.deep.equal([person('a', { age: 0 })]);
    const puts = Array.from({ length: 200 }, (_, age) => new PutCommand({ TableName, Item: person('a', { age }) }));
    await Promise.all(puts.map((put) => client.send(put)));
    const { Item } = await client.send(new GetCommand({ ...keyOf('a'), ConsistentRead: true }));
    await eventually(async () => expect(await list(client)).to.deep.equal([Item]));
  });
});
