import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Database } from '@goal-activity/core/database.ts';
import { EXECUTION, listOutcomeItems } from '@goal-activity/core/executions.ts';
import { createMemoryLog } from '@goal-activity/core/logger.ts';
import { settle } from '@goal-activity/core/settle.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { type GivenExecution, givenExecution, givenSaved } from '../../../test/support/goal.ts';
import { unnoticed } from '../../core/test/ends.ts';
import { archiveExecutions } from '../src/archive-executions.ts';
import { putOnce } from '../src/bucket.ts';
import { BUCKET, type BucketServer, startBucketServer } from './bucket-server.ts';

/** The rows of an execution, its record first. */
async function rowsOf(db: Database, executionArn: string) {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.executions,
      KeyConditionExpression: 'executionArn = :executionArn',
      ExpressionAttributeValues: { ':executionArn': executionArn },
    }),
  );
  return {
    record: Items.find(({ sk }) => sk === EXECUTION) ?? {},
    outcomes: Items.filter(({ sk }) => sk !== EXECUTION),
  };
}

let sequence = 100;

/** The record that the stream has of a row which TTL deleted, with what a test changes. */
function removal(row: Readonly<Record<string, unknown>>, changes: object = {}) {
  sequence += 1;
  const { executionArn, sk } = row;
  return {
    eventID: `event-${sequence}`,
    eventName: 'REMOVE',
    eventSource: 'aws:dynamodb',
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    dynamodb: {
      SequenceNumber: String(sequence),
      Keys: marshall({ executionArn, sk }),
      OldImage: marshall(row),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    ...changes,
  };
}

const STARTED_AT = new Date('2026-11-24T23:59:59.999Z');
const keyOf = ({ goalId }: GivenExecution) => `executions/goalId=${goalId}/date=2026-11-24/${goalId}-1.json`;

describe('archiveExecutions', () => {
  const database = useDatabase();
  let s3: BucketServer;
  beforeEach(async () => {
    s3 = await startBucketServer();
  });
  afterEach(() => s3.close());

  async function archive(records: readonly unknown[]) {
    const db = database();
    const { log, lines } = createMemoryLog();
    const answer = await archiveExecutions(records, {
      listRows: (executionArn) => listOutcomeItems(db, executionArn),
      put: (key, body) => putOnce(s3.client, BUCKET, key, body),
      log,
    });
    return { ...answer, lines };
  }

  /** An execution that has ended, and whose record TTL has removed. */
  async function givenExpired(actionCount = 2) {
    const db = database();
    const execution = await givenExecution(db, { actionCount, now: STARTED_AT });
    await givenSaved(db, execution, [0]);
    const { executionArn } = execution;
    await settle(db, executionArn, { status: 'by outcome', notify: 'machine' }, new Date(), unnoticed);
    const { record, outcomes } = await rowsOf(db, executionArn);
    await db.client.send(new DeleteCommand({ TableName: db.executions, Key: { executionArn, sk: EXECUTION } }));
    return { execution, key: keyOf(execution), record, outcomes };
  }

  it('writes one object with the execution and its outcomes, found by goal and date', async () => {
    const { execution, key, record, outcomes } = await givenExpired();
    const { batchItemFailures, lines } = await archive([removal(record)]);
    expect(batchItemFailures).to.deep.equal([]);
    expect([...s3.objects.keys()]).to.deep.equal([key]);
    const { executionArn, goalId } = execution;
    const content: unknown = JSON.parse(s3.objects.get(key) ?? '');
    const withoutSortKey = ({ sk: _sk, ...row }: Record<string, unknown>) => row;
    expect(content).to.deep.equal({ execution: withoutSortKey(record), outcomes: outcomes.map(withoutSortKey) });
    expect(content).to.nested.include({
      'execution.executionArn': executionArn,
      'execution.status': 'PARTIALLY_SUCCEEDED',
      'outcomes[0].outcome': 'SAVED',
      'outcomes[0].usage.inputTokens': 100,
      'outcomes[1].outcome': 'FAILED',
    });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ message: 'execution archived', executionArn, goalId });
  });

  it('leaves one object, unchanged, when a record is delivered twice; S3 answers 412 and that counts as done', async () => {
    const { key, record } = await givenExpired();
    const delivered = removal(record);
    await archive([delivered]);
    const first = s3.objects.get(key);
    const { batchItemFailures, lines } = await archive([delivered, delivered]);
    expect(batchItemFailures).to.deep.equal([]);
    expect(s3.answers).to.deep.equal([200, 412, 412]);
    expect([...s3.objects]).to.deep.equal([[key, first]]);
    expect(lines.map(({ message }) => message)).to.deep.equal([1, 2].map(() => 'execution was archived before'));
  });

  it('writes the same bytes whatever the order of a row’s attributes', async () => {
    const { key, record } = await givenExpired();
    await archive([removal(record)]);
    const first = s3.objects.get(key);
    await s3.close();
    s3 = await startBucketServer();
    await archive([removal(Object.fromEntries(Object.entries(record).reverse()))]);
    expect(s3.objects.get(key)).to.equal(first);
  });

  it('reports each record that failed by its sequence number; the others are done', async () => {
    const [ill, sound] = [await givenExpired(), await givenExpired()];
    s3.refuse(ill.key, 500, 'InternalError');
    const records = [removal(ill.record), removal(sound.record), { ...removal(sound.record), eventName: 7 }];
    const { batchItemFailures, lines } = await archive(records);
    expect(batchItemFailures).to.have.deep.members(
      [records[0], records[2]].map((record) => ({ itemIdentifier: record?.dynamodb.SequenceNumber })),
    );
    expect([...s3.objects.keys()]).to.deep.equal([sound.key]);
    const errors = lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ errorName }) => errorName)).to.have.members(['InternalError', 'ValidationError']);
    expect(errors.map(({ executionArn }) => executionArn)).to.have.members([
      ill.execution.executionArn,
      sound.execution.executionArn,
    ]);
    expect(errors.every(({ stack }) => typeof stack === 'string')).to.equal(true);
    s3.accept(ill.key);
    expect((await archive(records.slice(0, 2))).batchItemFailures).to.deep.equal([]);
    expect(s3.objects.size).to.equal(2);
  });

  it('has a record delivered again whose upload met another one at the same time (409)', async () => {
    const { key, record } = await givenExpired();
    s3.refuse(key, 409, 'ConditionalRequestConflict');
    const delivered = removal(record);
    const { batchItemFailures } = await archive([delivered]);
    expect(batchItemFailures).to.deep.equal([{ itemIdentifier: delivered.dynamodb.SequenceNumber }]);
  });

  it('reports a record without the row that was deleted, and one whose row cannot be filed', async () => {
    const { record } = await givenExpired();
    const { dynamodb } = removal(record);
    const { OldImage: _image, ...withoutImage } = dynamodb;
    const { goalId: _goalId, ...withoutGoal } = record;
    const { batchItemFailures } = await archive([
      removal(record, { dynamodb: { ...withoutImage, SequenceNumber: '1' } }),
      removal(record, { dynamodb: { ...dynamodb, SequenceNumber: '2', OldImage: { goalId: 'g' } } }),
      removal(withoutGoal, { dynamodb: { ...dynamodb, SequenceNumber: '3', OldImage: marshall(withoutGoal) } }),
      'no record at all',
    ]);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).to.have.members(['1', '2', '3', '']);
    expect(s3.answers).to.deep.equal([]);
  });

  it('ignores outcomes, deletes by hand, and rows that were written', async () => {
    const { record, outcomes } = await givenExpired();
    const { userIdentity: _service, ...byHand } = removal(record);
    const user = { type: 'Service', principalId: 'replication.dynamodb.amazonaws.com' };
    const { batchItemFailures } = await archive([
      ...outcomes.map((row) => removal(row)),
      byHand,
      removal(record, { userIdentity: user }),
      removal(record, { eventName: 'MODIFY' }),
      removal(record, { eventName: 'INSERT' }),
    ]);
    expect(batchItemFailures).to.deep.equal([]);
    expect(s3.answers).to.deep.equal([]);
  });

  it('archives an execution whose outcomes are gone', async () => {
    const { execution, key, record } = await givenExpired();
    const db = database();
    for (const { sk } of (await rowsOf(db, execution.executionArn)).outcomes) {
      const Key = { executionArn: execution.executionArn, sk };
      await db.client.send(new DeleteCommand({ TableName: db.executions, Key }));
    }
    expect((await archive([removal(record)])).batchItemFailures).to.deep.equal([]);
    expect(JSON.parse(s3.objects.get(key) ?? '')).to.nested.include({
      'execution.name': record.name,
      'outcomes.length': 0,
    });
  });

  it('archives an execution of the largest goal, and a batch of many', async () => {
    const expired = await Promise.all([64, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1].map((count) => givenExpired(count)));
    const { batchItemFailures } = await archive(expired.map(({ record }) => removal(record)));
    expect(batchItemFailures).to.deep.equal([]);
    expect([...s3.objects.keys()]).to.have.members(expired.map(({ key }) => key));
    expect(s3.answers).to.deep.equal(expired.map(() => 200));
    expect(JSON.parse(s3.objects.get(expired[0]?.key ?? '') ?? '').outcomes).to.have.length(64);
  });

  it('takes for a row what has attributes of one type each, and nothing else', async () => {
    const { record, outcomes } = await givenExpired(1);
    const { dynamodb } = removal(record);
    const { OldImage } = dynamodb;
    const images: unknown[] = [
      undefined,
      { ...OldImage, extra: null },
      { ...OldImage, extra: 'text' },
      { ...OldImage, extra: {} },
      { ...OldImage, extra: { S: 'a', N: '1' } },
      { ...OldImage, extra: { S: 'a', X: 'b' } },
      { ...OldImage, extra: { X: 'b' } },
    ];
    const { batchItemFailures, lines } = await archive(
      images.map((image) => removal(record, { dynamodb: { ...dynamodb, OldImage: image } })),
    );
    expect(batchItemFailures).to.have.length(images.length);
    expect(lines.map(({ errorMessage }) => errorMessage)).to.deep.equal(
      images.map(() => 'The stream record does not hold the row that was deleted'),
    );
    expect(outcomes).to.have.length(1);
  });

  it('archives attributes of every type that a row can have', async () => {
    const { key, record } = await givenExpired(1);
    const more = {
      text: { S: 'a' },
      number: { N: '1' },
      bytes: { B: new Uint8Array([1]) },
      texts: { SS: ['b', 'a'] },
      numbers: { NS: ['1'] },
      byteSets: { BS: [new Uint8Array([1])] },
      map: { M: { z: { S: '1' }, a: { L: [{ NULL: true }] } } },
      list: { L: [{ M: { b: { N: '1' }, a: { N: '2' } } }] },
      nothing: { NULL: true },
      yes: { BOOL: true },
    };
    const { dynamodb } = removal(record);
    const OldImage = { ...more, ...dynamodb.OldImage };
    expect((await archive([removal(record, { dynamodb: { ...dynamodb, OldImage } })])).batchItemFailures).to.deep.equal(
      [],
    );
    const text = s3.objects.get(key) ?? '';
    expect(text).to.contain('"list":[{"a":2,"b":1}],"map":{"a":[null],"z":"1"}').and.contain('"nothing":null');
    const { execution }: { execution: object } = JSON.parse(text);
    expect(execution).to.include.all.keys(Object.keys(more));
    const names = Object.keys(execution);
    expect(names).to.deep.equal([...names].sort());
  });
});
