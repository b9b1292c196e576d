import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { type AwsFaults, NO_FAULTS } from '../../../local/aws/aws-faults.ts';
import { type RunningDatabase, startDatabase } from '../../../local/aws/dynamodb/database.ts';
import { createClient } from '../../../local/aws/dynamodb/tables.ts';
import { failureOf } from '../../support/failure.ts';
import { PEOPLE, THINGS } from './faults/testing.ts';

describe('startDatabase', () => {
  const open: (RunningDatabase | ReturnType<typeof createClient>)[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await ('close' in each ? each.close() : each.destroy());
  });

  async function start(faults: Partial<AwsFaults>, troubles: string[] = []) {
    const database = await startDatabase({
      tables: [PEOPLE, THINGS],
      region: 'eu-west-1',
      dataDir: undefined,
      faults: { ...NO_FAULTS, ...faults },
      onTrouble: (what) => troubles.push(what),
    });
    open.push(database);
    return database;
  }
  const connect = (url: string) => {
    const client = createClient(url, 'eu-west-1');
    open.push(client);
    return client;
  };

  it('lets the Lambdas use dynoxide itself without a fault of the database', async () => {
    const { url, lambdaUrl } = await start({ snsOutage: 1 });
    expect(lambdaUrl).to.equal(url);
  });

  it('stands the faults between the Lambdas and dynoxide, and nobody else', async () => {
    const { url, lambdaUrl } = await start({ databaseThrottle: 1 });
    const get = new GetItemCommand({ TableName: 'things', Key: { id: { S: 'a' } } });
    await connect(url).send(get);
    expect((await failureOf(connect(lambdaUrl).send(get))).name).to.be.oneOf([
      'ThrottlingException',
      'ProvisionedThroughputExceededException',
    ]);
  });

  it('tells people that it is lost', async () => {
    const troubles: string[] = [];
    const database = await start({}, troubles);
    process.kill(database.pid(), 'SIGKILL');
    const { message } = await database.lost;
    expect(troubles).to.deep.equal([message]);
  });
});
