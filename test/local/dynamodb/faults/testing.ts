import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NO_FAULTS } from '../../../../local/aws/aws-faults.ts';
import { type Dynoxide, startDynoxide } from '../../../../local/aws/dynamodb/dynoxide.ts';
import {
  type DatabaseFaults,
  startUnkindDatabase,
  type UnkindDatabaseOptions,
} from '../../../../local/aws/dynamodb/faults/unkind-database.ts';
import { createClient, createTables } from '../../../../local/aws/dynamodb/tables.ts';
import type { TableDescription } from '../../../../local/terraform/stack-description.ts';
import { clientConfig } from '../../../support/stack/endpoints.ts';

/** A table with a sparse index, by team and then by date. */
export const PEOPLE: TableDescription = {
  name: 'people',
  hashKey: 'id',
  rangeKey: 'sk',
  attributes: ['id', 'sk', 'team', 'since'].map((name) => ({ name, type: 'S' })),
  globalSecondaryIndexes: [
    { name: 'byTeam', hashKey: 'team', rangeKey: 'since', projectionType: 'ALL' },
    { name: 'keysByTeam', hashKey: 'team', rangeKey: undefined, projectionType: 'KEYS_ONLY' },
  ],
  ttlAttribute: undefined,
};

/** Asks for the people of a team. */
export const byTeam = (team: string) => ({
  TableName: 'people',
  IndexName: 'byTeam',
  KeyConditionExpression: 'team = :team',
  ExpressionAttributeValues: { ':team': team },
});

/** An engine for the tests of one describe block, with unkind databases in front of it. */
export function useUnkindDatabases() {
  let dynoxide: Dynoxide | undefined;
  const closers: (() => Promise<void> | void)[] = [];
  let lastUrl = '';
  before(async () => {
    dynoxide = await startDynoxide();
    const client = createClient(dynoxide.url, 'eu-west-1');
    await createTables(client, [PEOPLE]).finally(() => client.destroy());
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  after(() => dynoxide?.close());

  /** A client that sends each request once. */
  function connect(endpoint: string): DynamoDBDocumentClient {
    const client = new DynamoDBClient(clientConfig(endpoint));
    closers.unshift(() => client.destroy());
    return DynamoDBDocumentClient.from(client);
  }
  return {
    /** Past all faults. */
    direct: () => connect(dynoxide?.url ?? ''),
    /** Of the unkind database that was started last. */
    url: () => lastUrl,
    /** @param options such as a time of the test's own */
    async start(
      faults: Partial<DatabaseFaults>,
      options: Pick<UnkindDatabaseOptions, 'sleep'> = {},
    ): Promise<DynamoDBDocumentClient> {
      const settings = { url: dynoxide?.url ?? '', tables: [PEOPLE], faults: { ...NO_FAULTS, ...faults } };
      const database = await startUnkindDatabase({ ...settings, ...options });
      closers.push(() => database.close());
      lastUrl = database.url;
      return connect(database.url);
    },
  };
}
