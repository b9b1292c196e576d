import { randomUUID } from 'node:crypto';
import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { cancellationCodes } from '@goal-activity/core/aws/database.ts';
import { expect } from 'chai';
import { failureOf } from '../../../support/failure.ts';
import { raw } from '../../http/testing.ts';
import { useUnkindDatabases } from './testing.ts';

const put = (id: string) => ({ Put: { TableName: 'things', Item: { id } } });
const check = (id: string) => ({
  ConditionCheck: { TableName: 'things', Key: { id }, ConditionExpression: 'attribute_not_exists(gone)' },
});
type Action = ReturnType<typeof put> | ReturnType<typeof check>;

describe('the unkind database', () => {
  const databases = useUnkindDatabases();
  const transact = (client: DynamoDBDocumentClient, items: readonly Action[], token?: string) =>
    client.send(new TransactWriteCommand({ TransactItems: [...items], ClientRequestToken: token ?? randomUUID() }));
  const isThere = async (client: DynamoDBDocumentClient, id: string) =>
    (await client.send(new GetCommand({ TableName: 'things', Key: { id }, ConsistentRead: true }))).Item !== undefined;

  describe('while a transaction is under way', () => {
    /** Starts a transaction that keeps its items until a test that meets it has ended. */
    async function meet(
      items: readonly Action[],
      test: (client: DynamoDBDocumentClient) => Promise<void>,
      token: string = randomUUID(),
    ) {
      const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const sleep = () => {
        begun.resolve();
        return ended.promise;
      };
      const client = await databases.start({ databaseHoldMs: 1 }, { sleep });
      const ongoing = transact(client, items, token);
      await begun.promise;
      await test(client).finally(ended.resolve);
      await ongoing;
      return client;
    }

    it('cancels another one that has an item that it writes or checks, with a reason for that item', async () => {
      const [shared, own] = [randomUUID(), randomUUID()];
      for (const held of [put(shared), check(shared)]) {
        await meet([held], async (client) => {
          const failure = await failureOf(transact(client, [put(own), put(shared)]));
          expect(cancellationCodes(failure)).to.deep.equal(['None', 'TransactionConflict']);
          expect(await isThere(client, own)).to.equal(false);
        });
      }
    });

    it('refuses a single write of an item of it, and lets reads, batches and other items through', async () => {
      const [id, other] = [randomUUID(), randomUUID()];
      const key = { TableName: 'things', Key: { id } };
      await meet([put(id)], async (client) => {
        for (const failure of [
          await failureOf(client.send(new PutCommand({ TableName: 'things', Item: { id } }))),
          await failureOf(client.send(new UpdateCommand({ ...key, UpdateExpression: 'REMOVE a' }))),
          await failureOf(client.send(new DeleteCommand(key))),
        ])
          expect(failure).to.have.property('name', 'TransactionConflictException');
        expect(await isThere(client, id)).to.equal(false);
        await client.send(new BatchWriteCommand({ RequestItems: { things: [{ PutRequest: { Item: { id } } }] } }));
        await client.send(new PutCommand({ TableName: 'things', Item: { id: other } }));
      });
    });

    it('says that it is in progress to who sends it again', async () => {
      const id = randomUUID();
      const token = randomUUID();
      const again = async (client: DynamoDBDocumentClient) => {
        const failure = await failureOf(transact(client, [put(id)], token));
        expect(failure).to.have.property('name', 'TransactionInProgressException');
      };
      await meet([put(id)], again, token);
    });
  });

  /** What becomes of 60 requests: the names of their errors, the codes of cancelled transactions. */
  async function outcomes(ask: () => Promise<unknown>): Promise<string[]> {
    const answers: string[] = [];
    for (let count = 0; count < 60; count += 1) {
      const failure = await ask().then(
        () => undefined,
        (error: Error) => error,
      );
      answers.push(failure === undefined ? 'ok' : (cancellationCodes(failure)?.join() ?? failure.name));
    }
    return answers;
  }

  it('throttles the share that it should, as exceptions and as reasons', async () => {
    const client = await databases.start({ databaseThrottle: 0.5, seed: '7' });
    const answers = await outcomes(() => transact(client, [put(randomUUID()), put(randomUUID())]));
    expect(answers.filter((answer) => answer === 'ok')).to.have.length.within(20, 40);
    expect(new Set(answers)).to.deep.equal(
      new Set([
        'ok',
        'ThrottlingException',
        'ProvisionedThroughputExceededException',
        'ThrottlingError,None',
        'None,ThrottlingError',
        'ProvisionedThroughputExceeded,None',
        'None,ProvisionedThroughputExceeded',
      ]),
    );
  });

  it('throttles reads too, which have no reasons, and carries out nothing that it throttles', async () => {
    const client = await databases.start({ databaseThrottle: 1 });
    const id = randomUUID();
    for (const call of [
      () => isThere(client, id),
      () => client.send(new PutCommand({ TableName: 'things', Item: { id } })),
    ])
      expect(new Set(await outcomes(call))).to.have.all.keys(
        'ThrottlingException',
        'ProvisionedThroughputExceededException',
      );
    expect(await isThere(databases.direct(), id)).to.equal(false);
  });

  it('fails with 500, before a request was carried out or after', async () => {
    const client = await databases.start({ databaseError: 1 });
    const ids = Array.from({ length: 20 }, () => randomUUID());
    for (const id of ids)
      expect((await failureOf(client.send(new PutCommand({ TableName: 'things', Item: { id } })))).name).to.equal(
        'InternalServerError',
      );
    const direct = databases.direct();
    const written = await Promise.all(ids.map((id) => isThere(direct, id)));
    expect(new Set(written)).to.deep.equal(new Set([true, false]));
  });

  it('refuses pages, of another origin or by another name of this machine', async () => {
    await databases.start({ databaseHoldMs: 1 });
    const statusFor = async (headers: Record<string, string>) =>
      (await raw(Number(new URL(databases.url()).port), { method: 'POST', path: '/', headers, body: '{}' })).status;
    expect(await statusFor({ origin: 'https://evil.example.com' })).to.equal(403);
    expect(await statusFor({ host: 'evil.example.com' })).to.equal(403);
    expect(await statusFor({ host: 'localhost' })).to.equal(400);
  });
});
