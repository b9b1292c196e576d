import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimMetrics, noteTold } from '@goal-activity/core/execution/due.ts';
import { EXECUTION } from '@goal-activity/core/execution/records.ts';
import { expect } from 'chai';
import { startEndpoint } from '../../../local/aws/endpoint.ts';
import { createS3 } from '../../../local/aws/s3/s3.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callHandler, callHandlerInTurn, databaseVariables } from '../../core/test/support/call-handler.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { archiveBody } from '../src/archive-executions.ts';

const BUCKET = 'goal-activity-dev-archive';

describe('the handler of archive-executions', () => {
  const { db, executions, givenExecution } = useTables();
  const cloudWatch = useAwsServer({ PutMetricData: () => ({}) });
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-s3-'));
  let s3: Awaited<ReturnType<typeof startEndpoint>>;
  /** What the clock of the handler is ahead, in milliseconds, from the first answer of S3 on. */
  let jumpMs = 0;
  const ahead = new Int32Array(new SharedArrayBuffer(4));
  before(async () => {
    const service = await createS3(folder, [BUCKET]);
    const answer: typeof service.answer = (call) => {
      Atomics.store(ahead, 0, jumpMs);
      return service.answer(call);
    };
    s3 = await startEndpoint({ s3: { ...service, answer } });
  });
  after(async () => {
    await s3.close();
    rmSync(folder, { recursive: true });
  });

  async function givenEnded() {
    const ended = { status: 'FAILED', notify: 'machine' } as const;
    const given = await givenExecution({ actionCount: 2, now: new Date('2026-11-24T00:00:00Z'), ended });
    await claimMetrics(executions, given.executionArn, 'a');
    await noteTold(executions, given.executionArn, 'machine');
    return given;
  }
  const variables = async () => ({
    ...(await databaseVariables(db)),
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch().url,
    ARCHIVE_BUCKET: BUCKET,
    METRICS_NAMESPACE: 'GoalActivity/test',
  });

  it('files what has ended in the bucket, once, and tells CloudWatch how long the oldest waits', async () => {
    const { executionArn, goalId } = await givenEnded();
    const { outcomes, lines } = await callHandlerInTurn('archive-executions', [{}, {}], await variables());
    expect(outcomes).to.deep.equal([
      { answer: { archived: 1, oldestSeconds: 0 } },
      { answer: { archived: 0, oldestSeconds: 0 } },
    ]);
    const key = `executions/goalId=${goalId}/date=2026-11-24/${goalId}-1.json`;
    const { record = {}, outcomes: rows } = await executions.readRows(executionArn);
    expect(readFileSync(join(folder, BUCKET, key), 'utf8')).to.equal(archiveBody(record, rows));
    expect(await executions.get(executionArn)).not.to.have.property('runningShard');
    expect(lines.find(({ message }) => message === 'execution archived')).to.include({ executionArn, goalId });
    const age = { MetricName: 'OldestUnarchivedAge', Unit: 'Seconds', Value: 0 };
    const input = { Namespace: 'GoalActivity/test', MetricData: [age] };
    const call = { operation: 'PutMetricData', input };
    expect(cloudWatch().calls).to.deep.equal([call, call]);
  });

  it('takes an object that is there already for archived, and no other refusal of S3', async () => {
    const { executionArn } = await givenEnded();
    const run = async (changes: object) =>
      callHandler('archive-executions', {}, { ...(await variables()), ...changes });
    const failed = await run({ ARCHIVE_BUCKET: 'other' });
    expect(failed.error?.name).to.equal('TransientError');
    const logged = { executionArn, errorName: 'NoSuchBucket' };
    expect(failed.lines.find(({ message }) => message === 'execution could not be archived')).to.include(logged);
    for (const message of ['execution archived', 'execution was archived before']) {
      const { answer, lines } = await run({});
      expect(answer).to.deep.equal({ archived: 1, oldestSeconds: 0 });
      expect(lines[1]).to.include({ message, executionArn });
      await executions.change(executionArn, { set: { runningShard: 'UNARCHIVED' } });
    }
    await executions.change(executionArn, { remove: ['runningShard'] });
  });

  it('begins nothing in the last quarter of its time, which is for what is under way and for the metric', async () => {
    for (let count = 0; count < 11; count += 1) await givenEnded();
    // Of 299 s until the deadline.
    jumpMs = 225_000;
    const { answer } = await callHandler('archive-executions', {}, await variables(), 300_000, ahead);
    expect(answer).to.include({ archived: 10 });
    jumpMs = 0;
    const later = await callHandler('archive-executions', {}, await variables());
    expect(later.answer).to.deep.equal({ archived: 1, oldestSeconds: 0 });
  });
});

describe('archiveBody', () => {
  it('has the same bytes whatever the order of attributes, at every depth, and nothing of the table’s keys, of who is at work or of replaced tasks', () => {
    const workers = {
      metricsBy: 'a',
      notifyBy: 'b',
      notifyClaimedAt: 'c',
      repairTriedAt: 'd',
      replaced: [{ title: 'x' }],
    };
    const row = { runningShard: 'UNARCHIVED', b: { d: 1, c: [{ f: null, e: true }] }, a: 'x', sk: EXECUTION };
    const reversed = { ...workers, sk: EXECUTION, a: 'x', b: { c: [{ e: true, f: null }], d: 1 } };
    const body = '{"a":"x","b":{"c":[{"e":true,"f":null}],"d":1}}';
    const expected = `{"execution":${body},"outcomes":[${body}]}\n`;
    expect(archiveBody(row, [reversed])).to.equal(expected);
    expect(archiveBody(reversed, [row])).to.equal(expected);
  });
});
