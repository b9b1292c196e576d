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

const TableName = 'people';
const keyOf = (id: string) => ({ TableName, Key: { id, sk: 'PERSON' } });
const itemOf = (id: string) => ({ TableName, Item: { id, sk: 'PERSON' } });
const put = (id: string) => ({ Put: itemOf(id) });
const check = (id: string) => ({ ConditionCheck: { ...keyOf(id), ConditionExpression: 'attribute_not_exists(gone)' } });
type Action = ReturnType<typeof put> | ReturnType<typeof check>;

describe('the unkind database', () => {
  const databases = useUnkindDatabases();
  const transact = (client: DynamoDBDocumentClient, items: readonly Action[], token: string = randomUUID()) =>
    client.send(new TransactWriteCommand({ TransactItems: [...items], ClientRequestToken: token }));
  const isThere = async (client: DynamoDBDocumentClient, id: string) =>
    (await client.send(new GetCommand({ ...keyOf(id), ConsistentRead: true }))).Item !== undefined;

  it('while a transaction keeps items, refuses others and single writes of them, and who sends it again; not reads and batches', async () => {
    const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const sleep = () => {
      begun.resolve();
      return ended.promise;
    };
    const client = await databases.start({ databaseHoldMs: 1 }, { sleep });
    const [written, checked, own, other] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const token = randomUUID();
    const ongoing = transact(client, [put(written), check(checked)], token);
    await begun.promise;
    for (const shared of [written, checked]) {
      const failure = await failureOf(transact(client, [put(own), put(shared)]));
      expect(cancellationCodes(failure)).to.deep.equal(['None', 'TransactionConflict']);
    }
    for (const write of [
      () => client.send(new PutCommand(itemOf(written))),
      () => client.send(new UpdateCommand({ ...keyOf(written), UpdateExpression: 'REMOVE a' })),
      () => client.send(new DeleteCommand(keyOf(written))),
    ])
      expect(await failureOf(write())).to.have.property('name', 'TransactionConflictException');
    const again = await failureOf(transact(client, [put(written), check(checked)], token));
    expect(again).to.have.property('name', 'TransactionInProgressException');
    expect([await isThere(client, own), await isThere(client, written)]).to.deep.equal([false, false]);
    const entry = { PutRequest: { Item: itemOf(written).Item } };
    await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: [entry] } }));
    await client.send(new PutCommand(itemOf(other)));
    ended.resolve();
    await ongoing;
  });

  /** What becomes of 60 requests: the names of their errors, the codes of cancelled transactions. */
  async function outcomes(ask: () => Promise<unknown>): Promise<string[]> {
    const answers: string[] = [];
    for (let count = 0; count < 60; count += 1)
      answers.push(
        await ask().then(
          () => 'ok',
          (error: Error) => cancellationCodes(error)?.join() ?? error.name,
        ),
      );
    return answers;
  }

  it('throttles the share that it should, as exceptions and as reasons', async () => {
    const client = await databases.start({ databaseThrottle: 0.5, seed: '7' });
    const answers = await outcomes(() => transact(client, [put(randomUUID()), put(randomUUID())]));
    expect(answers.filter((answer) => answer === 'ok')).to.have.length.within(20, 40);
    expect(new Set(answers)).to.have.all.keys(
      ...['ok', 'ThrottlingException', 'ProvisionedThroughputExceededException'],
      ...['ThrottlingError,None', 'None,ThrottlingError'],
      ...['ProvisionedThroughputExceeded,None', 'None,ProvisionedThroughputExceeded'],
    );
  });

  it('throttles reads too, which have no reasons, and carries out nothing that it throttles', async () => {
    const client = await databases.start({ databaseThrottle: 1 });
    const id = randomUUID();
    for (const call of [() => isThere(client, id), () => client.send(new PutCommand(itemOf(id)))])
      expect(new Set(await outcomes(call))).to.have.all.keys(
        ...['ThrottlingException', 'ProvisionedThroughputExceededException'],
      );
    expect(await isThere(databases.direct(), id)).to.equal(false);
  });

  it('fails with 500, before a request was carried out or after', async () => {
    const client = await databases.start({ databaseError: 1 });
    const ids = Array.from({ length: 20 }, () => randomUUID());
    for (const id of ids)
      expect((await failureOf(client.send(new PutCommand(itemOf(id))))).name).to.equal('InternalServerError');
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
