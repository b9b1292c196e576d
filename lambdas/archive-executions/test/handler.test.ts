import { marshall } from '@aws-sdk/util-dynamodb';
import { EXECUTION, getExecution } from '@goal-activity/core/executions.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { givenExecution } from '../../../test/support/goal.ts';
import { callHandler, databaseVariables } from '../../core/test/call-handler.ts';
import { BUCKET, type BucketServer, startBucketServer } from './bucket-server.ts';

describe('the handler of archive-executions', () => {
  const database = useDatabase();
  let s3: BucketServer;
  before(async () => {
    s3 = await startBucketServer();
  });
  after(() => s3.close());

  it('files the execution of a TTL delete in the bucket, and names the record when it cannot', async () => {
    const db = database();
    const { executionArn, goalId } = await givenExecution(db, {
      actionCount: 2,
      now: new Date('2026-11-24T00:00:00Z'),
    });
    const Keys = marshall({ executionArn, sk: EXECUTION });
    const OldImage = { ...marshall((await getExecution(db, executionArn)) ?? {}), ...Keys };
    const record = {
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: { SequenceNumber: '111', Keys, OldImage },
    };
    const torn = { ...record, dynamodb: { SequenceNumber: '112', Keys } };
    const variables = { ...(await databaseVariables(db)), AWS_ENDPOINT_URL_S3: s3.url, ARCHIVE_BUCKET: BUCKET };
    const { answer, lines } = await callHandler('archive-executions', { Records: [record, torn] }, variables);
    expect(answer).to.deep.equal({ batchItemFailures: [{ itemIdentifier: '112' }] });
    const key = `executions/goalId=${goalId}/date=2026-11-24/${goalId}-1.json`;
    expect([...s3.objects.keys()]).to.deep.equal([key]);
    expect(JSON.parse(s3.objects.get(key) ?? '')).to.nested.include({
      'execution.goalId': goalId,
      'outcomes.length': 2,
    });
    expect(lines.find(({ message }) => message === 'execution archived')).to.include({ executionArn, goalId });
  });
});
