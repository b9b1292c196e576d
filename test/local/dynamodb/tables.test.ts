import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { cancellationCodes } from '@goal-activity/core/aws/database.ts';
import { expect } from 'chai';
import { type Dynoxide, startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { createClient, createTableInput, createTables } from '../../../local/aws/dynamodb/tables.ts';
import type { TableDescription } from '../../../local/terraform/stack-description.ts';
import { failureOf } from '../../support/failure.ts';

const executions: TableDescription = {
  name: 'executions',
  hashKey: 'executionArn',
  rangeKey: 'sk',
  attributes: ['executionArn', 'sk', 'goalId', 'startedAt'].map((name) => ({ name, type: 'S' })),
  globalSecondaryIndexes: [{ name: 'byGoal', hashKey: 'goalId', rangeKey: 'startedAt', projectionType: 'ALL' }],
  ttlAttribute: 'expiresAt',
};
const counters: TableDescription = {
  name: 'counters',
  hashKey: 'id',
  rangeKey: undefined,
  attributes: [{ name: 'id', type: 'S' }],
  globalSecondaryIndexes: [],
  ttlAttribute: undefined,
};

describe('createTables', () => {
  let dynoxide: Dynoxide | undefined;
  let client: DynamoDBClient;
  let documents: DynamoDBDocumentClient;
  before(async () => {
    dynoxide = await startDynoxide();
    client = createClient(dynoxide.url, 'eu-west-1');
    documents = DynamoDBDocumentClient.from(client);
    await createTables(client, [executions, counters]);
  });
  after(async () => {
    client.destroy();
    await dynoxide?.close();
  });

  it('adds an index that is new to a table that was kept, with the rows that are there', async () => {
    const indexed: TableDescription = {
      ...counters,
      name: 'kept',
      attributes: ['id', 'runningShard', 'team'].map((name) => ({ name, type: 'S' })),
      globalSecondaryIndexes: ['runningShard', 'team'].map((hashKey) => ({
        name: `by-${hashKey}`,
        hashKey,
        rangeKey: 'id',
        projectionType: 'ALL',
      })),
    };
    await createTables(client, [{ ...counters, name: 'kept' }]);
    await documents.send(new PutCommand({ TableName: 'kept', Item: { id: 'a', runningShard: 'RUNNING' } }));
    await createTables(client, [indexed]);
    await createTables(client, [indexed]);
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: 'kept',
        IndexName: 'by-runningShard',
        KeyConditionExpression: 'runningShard = :value',
        ExpressionAttributeValues: { ':value': 'RUNNING' },
      }),
    );
    expect(Items).to.deep.equal([{ id: 'a', runningShard: 'RUNNING' }]);
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'kept' }));
    expect(table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).to.have.members([
      'by-runningShard',
      'by-team',
    ]);
  });

  it('ends the stream that a table had which was kept', async () => {
    const kept = { ...counters, name: 'streamed' };
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;
    await client.send(new CreateTableCommand({ ...createTableInput(kept), StreamSpecification }));
    await createTables(client, [kept]);
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'streamed' }));
    expect(table?.StreamSpecification?.StreamEnabled ?? false).to.equal(false);
  });

  it('makes active tables with keys, index and TTL', async () => {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'executions' }));
    expect(table).to.deep.include({
      TableStatus: 'ACTIVE',
      KeySchema: [
        { AttributeName: 'executionArn', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    expect(table?.GlobalSecondaryIndexes?.[0]).to.deep.include({
      IndexName: 'byGoal',
      IndexStatus: 'ACTIVE',
      Projection: { ProjectionType: 'ALL' },
      KeySchema: [
        { AttributeName: 'goalId', KeyType: 'HASH' },
        { AttributeName: 'startedAt', KeyType: 'RANGE' },
      ],
    });
    const { TimeToLiveDescription: ttl } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: 'executions' }),
    );
    expect(ttl).to.deep.equal({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
  });

  it('asks for nothing that a table does not have', () => {
    expect(createTableInput(counters)).to.deep.equal({
      TableName: 'counters',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
  });

  it('leaves tables that are there, with their rows', async () => {
    await documents.send(new PutCommand({ TableName: 'counters', Item: { id: 'kept' } }));
    await createTables(client, [executions, counters]);
    const { Item } = await documents.send(new GetCommand({ TableName: 'counters', Key: { id: 'kept' } }));
    expect(Item).to.deep.equal({ id: 'kept' });
  });

  it('rejects a table that the engine refuses', async () => {
    const failure = await failureOf(createTables(client, [{ ...counters, name: 'wrong', hashKey: 'undefined' }]));
    expect(failure.name).to.equal('ValidationException');
  });

  /** All pages of a query, as the sort keys on each. */
  async function pages(input: ConstructorParameters<typeof QueryCommand>[0]): Promise<string[][]> {
    const read: string[][] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await documents.send(new QueryCommand({ ...input, ExclusiveStartKey: start }));
      read.push((page.Items ?? []).map(({ sk }) => String(sk)));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return read;
  }

  it('reads a partition consistently, page by page, in the order of the sort key', async () => {
    const executionArn = randomUUID();
    const put = (sk: string) => documents.send(new PutCommand({ TableName: 'executions', Item: { executionArn, sk } }));
    await Promise.all(['ACTION#3', 'EXECUTION', 'ACTION#1', 'ACTION#2', 'ACTION#4'].map(put));
    const query = {
      TableName: 'executions',
      ConsistentRead: true,
      KeyConditionExpression: 'executionArn = :arn AND begins_with(sk, :action)',
      ExpressionAttributeValues: { ':arn': executionArn, ':action': 'ACTION#' },
      Limit: 2,
    };
    const read = await pages(query);
    expect(read.slice(0, 2)).to.deep.equal([
      ['ACTION#1', 'ACTION#2'],
      ['ACTION#3', 'ACTION#4'],
    ]);
    expect(read.flat()).to.have.lengthOf(4);
  });

  it('reads an index newest first, page by page, across partitions of the table, rows with its keys alone', async () => {
    const goalId = randomUUID();
    await Promise.all(
      [1, 2, 3, 4, 5].flatMap((n) =>
        [
          { executionArn: `${goalId}-${n}`, sk: `EXECUTION ${n}`, goalId, startedAt: `2026-01-0${n}` },
          { executionArn: `${goalId}-${n}`, sk: 'ACTION#1', goalId },
        ].map((Item) => documents.send(new PutCommand({ TableName: 'executions', Item }))),
      ),
    );
    const query = {
      TableName: 'executions',
      IndexName: 'byGoal',
      ScanIndexForward: false,
      KeyConditionExpression: 'goalId = :goal',
      ExpressionAttributeValues: { ':goal': goalId },
      Limit: 2,
    };
    expect((await pages(query)).filter((page) => page.length > 0)).to.deep.equal([
      ['EXECUTION 5', 'EXECUTION 4'],
      ['EXECUTION 3', 'EXECUTION 2'],
      ['EXECUTION 1'],
    ]);
    const consistent = new QueryCommand({ ...query, ConsistentRead: true });
    expect(await failureOf(documents.send(consistent))).to.have.property('name', 'ValidationException');
  });

  it('cuts a page at 1 MB', async () => {
    const executionArn = randomUUID();
    const text = 'x'.repeat(300 * 1024);
    const put = (sk: string) =>
      documents.send(new PutCommand({ TableName: 'executions', Item: { executionArn, sk, text } }));
    await Promise.all(['1', '2', '3', '4', '5'].map(put));
    const read = await pages({
      TableName: 'executions',
      KeyConditionExpression: 'executionArn = :arn',
      ExpressionAttributeValues: { ':arn': executionArn },
    });
    expect(read[0]).to.have.lengthOf(3);
    expect(read.flat()).to.deep.equal(['1', '2', '3', '4', '5']);
  });

  const increment = (id: string) => ({
    Update: {
      TableName: 'counters',
      Key: { id },
      UpdateExpression: 'ADD amount :one',
      ExpressionAttributeValues: { ':one': 1 },
    },
  });
  const claim = (id: string) => ({
    Put: { TableName: 'counters', Item: { id }, ConditionExpression: 'attribute_not_exists(id)' },
  });
  const amountOf = async (id: string): Promise<unknown> => {
    const key = new GetCommand({ TableName: 'counters', Key: { id }, ConsistentRead: true });
    return (await documents.send(key)).Item?.amount;
  };
  const transact = (items: (ReturnType<typeof increment> | ReturnType<typeof claim>)[]) =>
    documents.send(new TransactWriteCommand({ TransactItems: items }));

  it('writes all of a transaction or nothing, and says which condition failed', async () => {
    const [taken, before, after] = [randomUUID(), randomUUID(), randomUUID()];
    await transact([claim(taken)]);
    const failure = await failureOf(transact([increment(before), claim(taken), increment(after)]));
    expect(failure).to.have.property('name', 'TransactionCanceledException');
    expect(cancellationCodes(failure)).to.deep.equal(['None', 'ConditionalCheckFailed', 'None']);
    expect([await amountOf(before), await amountOf(after)]).to.deep.equal([undefined, undefined]);
  });

  it('gives back the item that failed a condition, when asked', async () => {
    const id = randomUUID();
    await transact([increment(id)]);
    const put = { ...claim(id).Put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
    const failure = await failureOf(documents.send(new TransactWriteCommand({ TransactItems: [{ Put: put }] })));
    expect(failure)
      .to.have.nested.property('CancellationReasons[0].Item')
      .that.deep.equals({ id: { S: id }, amount: { N: '1' } });
  });

  it('lets exactly one of 50 transactions claim an item', async () => {
    const [id, count] = [randomUUID(), randomUUID()];
    const answers = await Promise.allSettled(Array.from({ length: 50 }, () => transact([claim(id), increment(count)])));
    expect(answers.filter(({ status }) => status === 'fulfilled')).to.have.lengthOf(1);
    expect(await amountOf(count)).to.equal(1);
  });

  it('runs 50 transactions on one item one after the other: none is lost, and none conflicts as on AWS', async () => {
    const id = randomUUID();
    await Promise.all(Array.from({ length: 50 }, () => transact([increment(id), claim(randomUUID())])));
    expect(await amountOf(id)).to.equal(50);
  });

  it('applies a transaction with the same token once', async () => {
    const id = randomUUID();
    const command = { TransactItems: [increment(id)], ClientRequestToken: randomUUID() };
    await documents.send(new TransactWriteCommand(command));
    await documents.send(new TransactWriteCommand(command));
    expect(await amountOf(id)).to.equal(1);
  });

  it('takes 100 items in a transaction, refuses 101, and refuses one item twice', async () => {
    const claims = Array.from({ length: 101 }, () => claim(randomUUID()));
    expect(await failureOf(transact(claims))).to.have.property('name', 'ValidationException');
    await transact(claims.slice(1));
    const twice = claim(randomUUID());
    expect(await failureOf(transact([twice, twice]))).to.have.property('name', 'ValidationException');
  });
});
