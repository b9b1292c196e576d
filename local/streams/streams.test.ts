import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { type Dynoxide, startDynoxide } from '../dynamodb/dynoxide.ts';
import { createClient, createTables } from '../dynamodb/tables.ts';
import { until } from '../http/testing.ts';
import type { TableDescription } from '../terraform.ts';
import type { StreamMapping } from './mapping.ts';
import type { StreamRecord } from './record.ts';
import { StreamStore } from './store.ts';
import { type Streams, startStreams } from './streams.ts';

const REGION = 'ap-northeast-1';
const STREAM = `arn:aws:dynamodb:${REGION}:123456789012:table/things/stream/2024-01-01T00:00:00.000`;
const TTL_FILTER = {
  eventName: ['REMOVE'],
  userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] },
  dynamodb: { Keys: { sk: { S: ['EXECUTION'] } } },
};

const table: TableDescription = {
  name: 'things',
  hashKey: 'id',
  rangeKey: 'sk',
  attributes: [
    { name: 'id', type: 'S' },
    { name: 'sk', type: 'S' },
  ],
  globalSecondaryIndexes: [],
  ttlAttribute: 'expiresAt',
  streamViewType: 'NEW_AND_OLD_IMAGES',
};
const mapping: StreamMapping = {
  name: 'archive',
  tableName: 'things',
  streamArn: STREAM,
  ttlAttribute: 'expiresAt',
  functionName: 'archive-executions',
  batchSize: 10,
  startingPosition: 'TRIM_HORIZON',
  patterns: [],
  bisectOnError: true,
  reportsItemFailures: true,
  maximumRetries: 3,
  maximumAgeSeconds: -1,
};

describe('the streams of the tables', function () {
  this.timeout(20_000);
  let dynoxide: Dynoxide;
  let documents: DynamoDBDocumentClient;
  let dataDir = '';
  const open: Streams[] = [];
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-streams-'));
    dynoxide = await startDynoxide();
    const client = createClient(dynoxide.url, REGION);
    await createTables(client, [
      table,
      { ...table, name: 'plain', ttlAttribute: undefined, streamViewType: undefined },
    ]);
    documents = DynamoDBDocumentClient.from(client);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
    documents.destroy();
    await dynoxide.close();
    rmSync(dataDir, { recursive: true });
  });

  function start(
    given: Partial<StreamMapping> = {},
    answer: (records: readonly StreamRecord[]) => unknown = () => undefined,
  ) {
    const batches: StreamRecord[][] = [];
    const failures: string[] = [];
    const streams = startStreams({
      mappings: [{ ...mapping, ...given }],
      tables: [table],
      databaseUrl: dynoxide.url,
      region: REGION,
      dataDir,
      timeScale: 0.001,
      async invoke(functionName, { Records }) {
        expect(functionName).to.equal('archive-executions');
        batches.push([...Records]);
        return answer(Records);
      },
      onFailure: (source, what) => failures.push(`${source}: ${what}`),
    });
    open.push(streams);
    const rows = () => batches.flat().map(({ eventName, dynamodb }) => `${eventName} ${keyOf(dynamodb.Keys)}`);
    return { streams, batches, failures, rows };
  }
  const keyOf = (keys: Readonly<Record<string, unknown>>) =>
    Object.values(keys)
      .flatMap((value) => Object.values(Object(value)))
      .sort()
      .join(' ');
  const put = (id: string, fields: object = {}) =>
    documents.send(new PutCommand({ TableName: 'things', Item: { id, sk: 'EXECUTION', ...fields } }));
  const remove = (id: string) =>
    documents.send(new DeleteCommand({ TableName: 'things', Key: { id, sk: 'EXECUTION' } }));
  const close = async (streams: Streams) => {
    open.splice(open.indexOf(streams), 1);
    await streams.close();
  };

  /** The checkpoint that is on the disk, or another one in its place. */
  function checkpoint(replacement?: string): string | undefined {
    const store = new StreamStore(dataDir);
    const [streamArn] = store.streams('archive');
    if (streamArn !== undefined && replacement !== undefined) store.saveCheckpoint('archive', streamArn, replacement);
    const found = streamArn === undefined ? undefined : store.checkpoint('archive', streamArn);
    store.close();
    return found;
  }

  it('bring every record to the function, in order, in batches', async () => {
    for (let index = 0; index < 25; index += 1) await put(String(index + 10));
    const { batches, rows, failures } = start();
    await until(() => rows().length === 25, 10_000);
    expect(rows()).to.deep.equal(Array.from({ length: 25 }, (_, index) => `INSERT ${index + 10} EXECUTION`));
    expect(batches.map(({ length }) => length)).to.deep.equal([10, 10, 5]);
    expect(batches[0]?.[0]?.eventSourceARN).to.equal(STREAM);
    expect(failures).to.deep.equal([]);
  });

  it('go on where they were after a restart, and bring again what was not done', async () => {
    await put('1');
    const first = start();
    await until(() => first.rows().length === 1);
    await close(first.streams);
    await put('2');
    const failing = start({}, () => {
      throw new Error('down');
    });
    await until(() => failing.rows().length > 0);
    await close(failing.streams);
    expect(failing.failures.some((what) => what.includes('given up'))).to.equal(false);
    const third = start();
    await until(() => third.rows().length === 1);
    expect(third.rows()).to.deep.equal(['INSERT 2 EXECUTION']);
  });

  it('bring a record twice when the process died before it wrote down that it was done', async () => {
    await put('1');
    const first = start();
    await until(() => first.rows().length === 1);
    await close(first.streams);
    expect(checkpoint()).to.equal('1');
    checkpoint('0');
    const second = start();
    await until(() => second.rows().length === 1);
    expect(second.batches).to.deep.equal(first.batches);
  });

  it('leave out what came before a mapping that starts with the latest record, and nothing that comes after', async () => {
    await put('before');
    const { rows, streams } = start({ startingPosition: 'LATEST' });
    await until(() => checkpoint() !== undefined);
    await put('after');
    await until(() => rows().length === 1);
    expect(rows()).to.deep.equal(['INSERT EXECUTION after']);
    await close(streams);
    await put('while closed');
    const next = start({ startingPosition: 'LATEST' });
    await until(() => next.rows().length === 1);
    expect(next.rows()).to.deep.equal(['INSERT EXECUTION while closed']);
  });

  it('hand over rows that expired, marked as deleted by DynamoDB, and not those that somebody deleted', async () => {
    const { streams, batches, rows } = start({ patterns: [TTL_FILTER] });
    await put('expired', { expiresAt: 1000, title: 'kept in the record' });
    await put('deleted', { expiresAt: 1000 });
    await remove('deleted');
    await put('later', { expiresAt: 3000 });
    await put('text', { expiresAt: '1000' });
    await put('never');
    await documents.send(
      new PutCommand({ TableName: 'things', Item: { id: 'expired', sk: 'ACTION#1', expiresAt: 1000 } }),
    );
    expect(await streams.expire(2000)).to.deep.equal({ things: 2 });
    await until(() => rows().length === 1);
    await remove('later');
    await streams.expire(9_999_999_999);
    const { Items = [] } = await documents.send(new ScanCommand({ TableName: 'things' }));
    expect(Items.map(({ id }) => String(id)).sort()).to.deep.equal(['never', 'text']);
    expect(rows()).to.deep.equal(['REMOVE EXECUTION expired']);
    expect(batches[0]?.[0]).to.deep.include({
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });
    expect(batches[0]?.[0]?.dynamodb.OldImage).to.deep.include({ title: { S: 'kept in the record' } });
  });

  it('know a row that expired from a later one with the same key', async () => {
    const { streams, rows } = start({ patterns: [TTL_FILTER] });
    await put('1', { expiresAt: 1000 });
    await streams.expire(2000);
    await put('1', { expiresAt: 5000 });
    await remove('1');
    await put('2', { expiresAt: 1000 });
    await streams.expire(2000);
    await until(() => rows().length === 2);
    expect(rows()).to.deep.equal(['REMOVE 1 EXECUTION', 'REMOVE 2 EXECUTION']);
  });

  it('mark rows that expired also when their records are read after a restart', async () => {
    await put('1', { expiresAt: 1000 });
    const down = start({ patterns: [TTL_FILTER], maximumRetries: -1 }, () => {
      throw new Error('down');
    });
    await down.streams.expire(2000);
    await until(() => down.rows().length > 0);
    await close(down.streams);
    const next = start({ patterns: [TTL_FILTER] });
    await until(() => next.rows().length === 1);
    expect(next.rows()).to.deep.equal(['REMOVE 1 EXECUTION']);
  });

  it('say which records were given up, and go on', async () => {
    await put('bad');
    await put('good');
    const { rows, failures } = start({ maximumRetries: 1 }, (records) => ({
      batchItemFailures: records
        .filter(({ dynamodb }) => keyOf(dynamodb.Keys).includes('bad'))
        .map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })),
    }));
    await until(() => rows().includes('INSERT EXECUTION good') && failures.some((what) => what.includes('given up')));
    expect(failures.at(-1)).to.equal('archive-executions: record 1 given up (RetryAttemptsExhausted)');
    await put('next');
    await until(() => rows().includes('INSERT EXECUTION next'));
  });

  it('try again when the database cannot be read', async () => {
    const { failures, rows } = start({ tableName: 'plain' });
    await until(() => failures.length > 1);
    expect(failures[0]).to.equal('archive-executions: reading the stream of plain failed: Error: there is no stream');
    expect(rows()).to.deep.equal([]);
  });

  it('expire all of many rows', async () => {
    await Promise.all(
      Array.from({ length: 300 }, (_, index) => put(`row-${index}`, { expiresAt: 1000, text: 'x'.repeat(5000) })),
    );
    const { streams, rows } = start({ patterns: [TTL_FILTER], batchSize: 100 });
    expect(await streams.expire(2000)).to.deep.equal({ things: 300 });
    await until(() => rows().length === 300, 10_000);
  });
});
