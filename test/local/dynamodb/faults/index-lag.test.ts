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
import { useUnkindDatabases } from './testing.ts';

describe('an index that lags', () => {
  const databases = useUnkindDatabases();

  /** A database whose indexes stand still until `pass` is called. */
  async function start() {
    let waiting = Promise.withResolvers<void>();
    const client = await databases.start({ indexLagMs: 1000 }, { sleep: () => waiting.promise });
    const team = randomUUID();
    const person = (id: string, more: object = {}) => ({ id: `${team} ${id}`, sk: 'PERSON', team, since: id, ...more });
    const keyOf = (id: string) => ({ TableName: 'people', Key: { id: `${team} ${id}`, sk: 'PERSON' } });
    const list = async (from: DynamoDBDocumentClient = client) =>
      (
        await from.send(
          new QueryCommand({
            TableName: 'people',
            IndexName: 'byTeam',
            KeyConditionExpression: 'team = :team',
            ExpressionAttributeValues: { ':team': team },
          }),
        )
      ).Items;
    return {
      client,
      person,
      keyOf,
      list,
      put: (item: object) => client.send(new PutCommand({ TableName: 'people', Item: { ...item } })),
      set: (id: string, UpdateExpression: string, ExpressionAttributeValues?: Record<string, unknown>) =>
        client.send(new UpdateCommand({ ...keyOf(id), UpdateExpression, ExpressionAttributeValues })),
      /** Lets the index catch up with what was written so far: it then shows what the engine's own does. */
      async pass() {
        waiting.resolve();
        waiting = Promise.withResolvers();
        const expected = await list(databases.direct());
        await eventually(async () => expect(await list()).to.deep.equal(expected));
      },
    };
  }

  it('does not show a new row until its time has come, shows a changed one as it was, and one that was deleted or has left the index', async () => {
    const { client, person, keyOf, put, set, list, pass } = await start();
    for (const id of ['a', 'b', 'c', 'd']) await put(person(id, { age: 1 }));
    expect(await list()).to.deep.equal([]);
    await pass();
    await set('a', 'SET age = :age', { ':age': 2 });
    await client.send(new DeleteCommand(keyOf('b')));
    await set('c', 'REMOVE team');
    await put({ ...person('d'), team: 'another' });
    expect(await list()).to.deep.equal(['a', 'b', 'c', 'd'].map((id) => person(id, { age: 1 })));
    await pass();
    expect(await list()).to.deep.equal([person('a', { age: 2 })]);
  });

  it('lags behind transactions and batches as well, and behind an update that brings a row into the index', async () => {
    const { client, person, keyOf, put, set, list, pass } = await start();
    await put({ ...keyOf('c').Key, since: 'c' });
    await client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName: 'people', Item: person('a') } },
          { ConditionCheck: { ...keyOf('z'), ConditionExpression: 'attribute_not_exists(id)' } },
        ],
      }),
    );
    const entries = [{ PutRequest: { Item: person('b') } }, { DeleteRequest: { Key: keyOf('z').Key } }];
    await client.send(new BatchWriteCommand({ RequestItems: { people: entries } }));
    await set('c', 'SET team = :team', { ':team': person('c').team });
    expect(await list()).to.deep.equal([]);
    await pass();
    expect(await list()).to.deep.equal([person('a'), person('b'), person('c')]);
  });

  it('begins with what the table holds, and ends with what a row became, however its writes met', async () => {
    const { person, keyOf } = await start();
    await databases.direct().send(new PutCommand({ TableName: 'people', Item: person('a', { age: 0 }) }));
    const client = await databases.start({ indexLagMs: 5 });
    const query = new QueryCommand({
      TableName: 'people',
      IndexName: 'byTeam',
      KeyConditionExpression: 'team = :team',
      ExpressionAttributeValues: { ':team': person('a').team },
    });
    expect((await client.send(query)).Items).to.deep.equal([person('a', { age: 0 })]);
    const puts = Array.from(
      { length: 200 },
      (_, age) => new PutCommand({ TableName: 'people', Item: person('a', { age }) }),
    );
    await Promise.all(puts.map((put) => client.send(put)));
    const { Item } = await client.send(new GetCommand({ ...keyOf('a'), ConsistentRead: true }));
    await eventually(async () => expect((await client.send(query)).Items).to.deep.equal([Item]));
  });
});
