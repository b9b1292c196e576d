import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { type Dynoxide, startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { type Expiry, startExpiry } from '../../../local/aws/dynamodb/expiry.ts';
import { createClient, createTables } from '../../../local/aws/dynamodb/tables.ts';
import type { TableDescription } from '../../../local/terraform/stack-description.ts';
import { PEOPLE, THINGS } from './faults/testing.ts';

const REGION = 'ap-northeast-1';
const table: TableDescription = { ...PEOPLE, name: 'things', ttlAttribute: 'expiresAt' };
/** Of one key attribute, and another without a time to live. */
const TABLES: readonly TableDescription[] = [
  table,
  { ...THINGS, name: 'flat', ttlAttribute: 'expiresAt' },
  { ...table, name: 'plain', ttlAttribute: undefined },
];

describe('rows whose time to live is over', function () {
  this.timeout(20_000);
  let dynoxide: Dynoxide;
  let documents: DynamoDBDocumentClient;
  let expiry: Expiry;
  beforeEach(async () => {
    dynoxide = await startDynoxide();
    const client = createClient(dynoxide.url, REGION);
    await createTables(client, TABLES);
    documents = DynamoDBDocumentClient.from(client);
    expiry = startExpiry({ tables: TABLES, databaseUrl: dynoxide.url, region: REGION, onFailure: () => undefined });
  });
  afterEach(async () => {
    expiry.close();
    documents.destroy();
    await dynoxide.close();
  });

  const put = (TableName: string, Item: object) => documents.send(new PutCommand({ TableName, Item: { ...Item } }));
  const idsIn = async (TableName: string) =>
    ((await documents.send(new ScanCommand({ TableName }))).Items ?? []).map(({ id }) => String(id)).sort();

  it('are deleted, and no others: not those whose time is later, no number or missing, nor those of other tables', async () => {
    await put('things', { id: 'expired', sk: 'EXECUTION', expiresAt: 1999 });
    await put('things', { id: 'expired', sk: 'ACTION#1', expiresAt: 1000 });
    await put('things', { id: 'later', sk: 'EXECUTION', expiresAt: 2000 });
    await put('things', { id: 'text', sk: 'EXECUTION', expiresAt: '1000' });
    await put('things', { id: 'never', sk: 'EXECUTION' });
    await put('flat', { id: 'flat', expiresAt: 1000 });
    await put('plain', { id: 'plain', sk: 'EXECUTION', expiresAt: 1000 });
    expect(await expiry.expire(2000)).to.deep.equal({ things: 2, flat: 1 });
    expect(await expiry.expire(2000)).to.deep.equal({ things: 0, flat: 0 });
    expect(await idsIn('things')).to.deep.equal(['later', 'never', 'text']);
    expect(await idsIn('flat')).to.deep.equal([]);
    expect(await idsIn('plain')).to.deep.equal(['plain']);
  });
});
