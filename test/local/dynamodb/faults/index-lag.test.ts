import { randomUUID } from 'node:crypto';
import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import fc from 'fast-check';
import { failureOf } from '../../../support/failure.ts';
import { useUnkindDatabases } from './testing.ts';

const LAG_MS = 1000;

/** Stands at 0 until it is told. */
function createClock() {
  let time = 0;
  return {
    now: () => time,
    advance: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

const byTeam = (team: string, more: Partial<QueryCommandInput> = {}): QueryCommandInput => ({
  TableName: 'people',
  IndexName: 'byTeam',
  KeyConditionExpression: 'team = :team',
  ...more,
  ExpressionAttributeValues: { ':team': team, ...more.ExpressionAttributeValues },
});

const list = async (client: DynamoDBDocumentClient, input: QueryCommandInput) =>
  (await client.send(new QueryCommand(input))).Items ?? [];

/** All pages of a query, and how many there were. */
async function pages(client: DynamoDBDocumentClient, input: QueryCommandInput) {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  let count = 0;
  do {
    const page = await client.send(new QueryCommand({ ...input, ExclusiveStartKey: start }));
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
    count += 1;
  } while (start !== undefined);
  return { items, count };
}

describe('an index that lags', () => {
  const databases = useUnkindDatabases();

  async function start() {
    const clock = createClock();
    const client = await databases.start({ indexLagMs: LAG_MS }, clock);
    const team = randomUUID();
    const person = (id: string, more: object = {}) => ({ id: `${team} ${id}`, sk: 'PERSON', team, since: id, ...more });
    const keyOf = (id: string) => ({ TableName: 'people', Key: { id: `${team} ${id}`, sk: 'PERSON' } });
    return {
      client,
      team,
      person,
      keyOf,
      put: (item: object) => client.send(new PutCommand({ TableName: 'people', Item: { ...item } })),
      set: (id: string, UpdateExpression: string, ExpressionAttributeValues?: Record<string, unknown>) =>
        client.send(new UpdateCommand({ ...keyOf(id), UpdateExpression, ExpressionAttributeValues })),
      remove: (id: string) => client.send(new DeleteCommand(keyOf(id))),
      shown: () => list(client, byTeam(team)),
      pass: () => clock.advance(LAG_MS),
    };
  }

  it('does not show a new row until its time has come; the table does at once', async () => {
    const { client, person, keyOf, put, shown, pass } = await start();
    await put(person('a'));
    expect(await shown()).to.deep.equal([]);
    expect((await client.send(new GetCommand(keyOf('a')))).Item).to.deep.equal(person('a'));
    pass();
    expect(await shown()).to.deep.equal([person('a')]);
  });

  it('shows a changed row as it was, and a row that was deleted or has left the index', async () => {
    const { person, put, set, remove, shown, pass } = await start();
    for (const id of ['a', 'b', 'c', 'd']) await put(person(id, { age: 1 }));
    pass();
    await set('a', 'SET age = :age', { ':age': 2 });
    await remove('b');
    await set('c', 'REMOVE team');
    await put({ ...person('d'), team: 'another' });
    expect(await shown()).to.deep.equal(['a', 'b', 'c', 'd'].map((id) => person(id, { age: 1 })));
    pass();
    expect(await shown()).to.deep.equal([person('a', { age: 2 })]);
  });

  // Of the first seed's lags, each is shorter than the one before; of the other's, each is longer.
  for (const [seed, ages] of [
    ['1', [undefined, 3]],
    ['4', [undefined, 1, 2, 3]],
  ] as const) {
    it(`shows the writes of a row in their order, with the lags of seed ${seed}`, async () => {
      const clock = createClock();
      const client = await databases.start({ indexLagMs: LAG_MS, seed }, clock);
      const team = randomUUID();
      for (const age of [1, 2, 3])
        await client.send(new PutCommand({ TableName: 'people', Item: { id: team, sk: 'P', team, since: 'a', age } }));
      const seen: unknown[] = [];
      for (let time = 0; time <= LAG_MS; time += 10) {
        const age: unknown = (await list(client, byTeam(team)))[0]?.age;
        if (seen.length === 0 || seen.at(-1) !== age) seen.push(age);
        clock.advance(10);
      }
      expect(seen).to.deep.equal(ages);
    });
  }

  it('lags behind transactions and batches as well', async () => {
    const { client, person, keyOf, shown, pass } = await start();
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
    expect(await shown()).to.deep.equal([]);
    pass();
    expect(await shown()).to.deep.equal([person('a'), person('b')]);
  });

  it('has nothing of a write that was refused', async () => {
    const { client, person, put, shown, pass } = await start();
    await put(person('a'));
    pass();
    const again = new PutCommand({
      TableName: 'people',
      Item: person('a', { age: 9 }),
      ConditionExpression: 'attribute_not_exists(id)',
    });
    expect(await failureOf(client.send(again))).to.have.property('name', 'ConditionalCheckFailedException');
    expect(await shown()).to.deep.equal([person('a')]);
  });

  it('lets a row that was in no index come in late', async () => {
    const { person, put, set, shown, pass, team } = await start();
    const { team: _none, ...outside } = person('a');
    await put(outside);
    await set('a', 'SET age = :age', { ':age': 1 });
    await set('a', 'SET team = :team', { ':team': team });
    expect(await shown()).to.deep.equal([]);
    pass();
    expect(await shown()).to.deep.equal([person('a', { age: 1 })]);
  });

  it('shows what was written past it at once, until it is written here', async () => {
    const { person, set, shown } = await start();
    await databases.direct().send(new PutCommand({ TableName: 'people', Item: person('a', { age: 1 }) }));
    expect(await shown()).to.deep.equal([person('a', { age: 1 })]);
    await set('a', 'SET age = :age', { ':age': 2 });
    expect(await shown()).to.deep.equal([person('a', { age: 1 })]);
  });

  it('shows the keys alone of an index that has no more', async () => {
    const { client, person, put, remove, pass, team } = await start();
    await put(person('a', { age: 1 }));
    pass();
    await remove('a');
    const { id, sk } = person('a');
    expect(await list(client, { ...byTeam(team), IndexName: 'keysByTeam' })).to.deep.equal([{ team, id, sk }]);
  });

  /** A team of ten of whom the index shows eight: two are new, two have left and are still shown. */
  async function startTeam() {
    const started = await start();
    const { person, put, remove, pass } = started;
    for (const id of ['1', '2', '3', '5', '6', '7', '8', '9']) await put(person(id, { age: Number(id) % 2 }));
    pass();
    for (const id of ['0', '4']) await put(person(id, { age: 0 }));
    for (const id of ['3', '9']) await remove(id);
    return started;
  }
  const idsOf = (items: readonly Record<string, unknown>[]) => items.map(({ since }) => since).join('');

  it('pages as DynamoDB does, forwards and backwards, with filters that leave rows out of a page', async () => {
    const { client, team } = await startTeam();
    const forwards = await pages(client, byTeam(team, { Limit: 3 }));
    expect([idsOf(forwards.items), forwards.count]).to.deep.equal(['12356789', 3]);
    const backwards = await pages(client, byTeam(team, { Limit: 4, ScanIndexForward: false }));
    // A page that ends with the last row says that there may be more.
    expect([idsOf(backwards.items), backwards.count]).to.deep.equal(['98765321', 3]);
    const filter = { FilterExpression: '#age = :age', ExpressionAttributeNames: { '#age': 'age' } };
    const odd = await pages(client, byTeam(team, { Limit: 3, ...filter, ExpressionAttributeValues: { ':age': 1 } }));
    expect([idsOf(odd.items), odd.count]).to.deep.equal(['13579', 3]);
    const page = await client.send(
      new QueryCommand(byTeam(team, { Limit: 3, ...filter, ExpressionAttributeValues: { ':age': 0 } })),
    );
    expect([page.Count, page.ScannedCount]).to.deep.equal([1, 3]);
  });

  for (const [condition, values, ids] of [
    ['since BETWEEN :a AND :b', { ':a': '2', ':b': '6' }, '2356'],
    ['since >= :a', { ':a': '6' }, '6789'],
    ['since > :a', { ':a': '6' }, '789'],
    ['since < :a', { ':a': '3' }, '12'],
    ['since <= :a', { ':a': '3' }, '123'],
    ['since = :a', { ':a': '3' }, '3'],
    ['begins_with(since, :a)', { ':a': '9' }, '9'],
  ] as const) {
    it(`knows the key condition ${condition}`, async () => {
      const { client, team } = await startTeam();
      const KeyConditionExpression = `team = :team AND ${condition}`;
      const query = byTeam(team, { KeyConditionExpression, ExpressionAttributeValues: values });
      expect(idsOf(await list(client, query))).to.equal(ids);
    });
  }

  for (const [filter, values, ids] of [
    ['age <> :a', { ':a': 1 }, '268'],
    ['attribute_exists(age) AND age > :a', { ':a': 0 }, '13579'],
    ['attribute_not_exists(gone) and id <> :a', { ':a': 'x' }, '12356789'],
    ['attribute_exists(gone)', {}, ''],
    ['age < :a', { ':a': 'x' }, ''],
  ] as const) {
    it(`knows the filter ${filter}`, async () => {
      const { client, team } = await startTeam();
      const query = byTeam(team, { FilterExpression: filter, ExpressionAttributeValues: values });
      expect(idsOf(await list(client, query))).to.equal(ids);
    });
  }

  for (const [what, changes, message] of [
    [
      'an OR',
      { FilterExpression: 'age = :team OR id = :team' },
      'does not know the expression age = :team OR id = :team',
    ],
    ['a path', { FilterExpression: 'a.b = :team' }, 'does not know the expression a.b = :team'],
    ['a projection', { ProjectionExpression: 'id' }, 'does not know ProjectionExpression'],
    ['a count', { Select: 'COUNT' }, 'does not know Select'],
  ] as const) {
    it(`refuses ${what} rather than answer it wrongly`, async () => {
      const { client, team } = await start();
      const failure = await failureOf(client.send(new QueryCommand({ ...byTeam(team), ...changes })));
      expect(failure.name).to.equal('ValidationException');
      expect(failure.message).to.equal(`The local stack's lag of indexes ${message}`);
    });
  }

  it('refuses a Scan of an index', async () => {
    const { client } = await start();
    const failure = await failureOf(client.send(new ScanCommand({ TableName: 'people', IndexName: 'byTeam' })));
    expect(failure.message).to.include('does not know Scan');
  });

  it('answers like the engine once all writes are seen, whatever they were', async () => {
    const write = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      what: fc.constantFrom('put', 'set', 'remove', 'leave', 'enter'),
      waitMs: fc.integer({ min: 0, max: LAG_MS }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 8 }), async (writes) => {
        const clock = createClock();
        const client = await databases.start({ indexLagMs: LAG_MS }, clock);
        const team = randomUUID();
        for (const [age, { id, what, waitMs }] of writes.entries()) {
          const Key = { id: `${team} ${id}`, sk: 'P' };
          const update = (UpdateExpression: string, ExpressionAttributeValues?: Record<string, unknown>) =>
            new UpdateCommand({ TableName: 'people', Key, UpdateExpression, ExpressionAttributeValues });
          if (what === 'put')
            await client.send(new PutCommand({ TableName: 'people', Item: { ...Key, team, since: id, age } }));
          if (what === 'set') await client.send(update('SET age = :age', { ':age': age }));
          if (what === 'remove') await client.send(new DeleteCommand({ TableName: 'people', Key }));
          if (what === 'leave') await client.send(update('REMOVE team'));
          if (what === 'enter')
            await client.send(update('SET team = :team, since = :id', { ':team': team, ':id': id }));
          await list(client, byTeam(team));
          clock.advance(waitMs);
        }
        clock.advance(LAG_MS);
        expect(await list(client, byTeam(team))).to.deep.equal(await list(databases.direct(), byTeam(team)));
      }),
      { numRuns: 40 },
    );
  });
});
