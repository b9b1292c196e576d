import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { createClient } from '../../local/aws/dynamodb/tables.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { useProcesses } from '../support/stack/process.ts';
import { signIn, statusPath, titles, useStack } from '../support/stack/stack.ts';

const REGION = 'ap-northeast-1';
const BUCKET = 'goal-activity-dev-archive-123456789012';
const TABLE = 'goal-activity-dev-workflow-executions';
const SWEEP = 'goal-activity-dev-reconcile-executions';
const ARCHIVER = 'goal-activity-dev-archive-executions';
const DAY_SECONDS = 24 * 3600;
/** After any record of today has expired. */
const EXPIRY = () => Math.floor(Date.now() / 1000) + 91 * DAY_SECONDS;
/** An hour is 3 minutes here: a test that invokes the archiver itself is over before its schedule does. */
const ENVIRONMENT = { AI_LATENCY_MS: '20', TIME_SCALE: '0.05' };

describe('the archive', function () {
  this.timeout(300_000);
  const close: (() => unknown)[] = [];
  afterEach(async () => {
    for (const each of close.splice(0).reverse()) await each();
  });

  /** An execution of three actions, one of which failed. */
  async function runExecution(url: string, userId: string) {
    const user = await signIn(url, userId);
    const { goalId } = await user.createGoal(titles(3, (index) => (index === 1 ? '[ai:denied]' : '')));
    const { executionArn } = (await user.start(goalId)).body;
    expect(await user.waitForEnd(executionArn)).to.include({ status: 'PARTIALLY_SUCCEEDED' });
    return { goalId, executionArn, user };
  }

  function database(stack: LocalStack): DynamoDBDocumentClient {
    const client = createClient(stack.databaseUrl, REGION);
    close.push(() => client.destroy());
    return DynamoDBDocumentClient.from(client);
  }

  async function rowsOf(stack: LocalStack, executionArn: string) {
    const { Items = [] } = await database(stack).send(
      new QueryCommand({
        TableName: TABLE,
        KeyConditionExpression: 'executionArn = :executionArn',
        ExpressionAttributeValues: { ':executionArn': executionArn },
      }),
    );
    return Items.map(({ sk, runningShard, ...row }) => ({ sk: String(sk), runningShard, row }));
  }

  /** Waits until the record has this place in the index. @param between is done before each look */
  async function waitForShard(
    stack: LocalStack,
    executionArn: string,
    shard: string | undefined,
    between: () => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    for (;;) {
      await between();
      const record = (await rowsOf(stack, executionArn)).find(({ sk }) => sk === 'EXECUTION');
      if (record !== undefined && record.runningShard === shard) return;
      await sleep(50);
    }
  }
  /** The machine has told people of a partial success; that they are told is noted by a sweep. */
  const waitForEndTold = (stack: LocalStack, executionArn: string) =>
    waitForShard(stack, executionArn, 'UNARCHIVED', () => stack.lambda.invoke(SWEEP, {}));

  const archiveNow = (stack: LocalStack) => stack.lambda.invoke(ARCHIVER, {});

  function archive(stack: LocalStack) {
    const client = new S3Client({
      endpoint: stack.awsUrl,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    close.push(() => client.destroy());
    return {
      async keys(Prefix = ''): Promise<string[]> {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
        return Contents.map(({ Key = '' }) => Key);
      },
      async read(key: string): Promise<string> {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
        return (await Body?.transformToString()) ?? '';
      },
    };
  }

  describe('of a stack that goes on', () => {
    // The first test counts what there is: it comes first.
    const getStack = useStack(ENVIRONMENT);

    it('gets an execution that has ended, with its outcomes, once, found by goal and date; then its rows expire together', async () => {
      const stack = getStack();
      const s3Dir = join(dirname(stack.logFile), 's3', BUCKET);
      const deleted = await runExecution(stack.url, 'deleted');
      const { goalId, executionArn, user } = await runExecution(stack.url, 'kept');
      await waitForEndTold(stack, executionArn);
      const rows = await rowsOf(stack, executionArn);
      const { metricsBy: _by, ...execution } = rows.find(({ sk }) => sk === 'EXECUTION')?.row ?? {};
      const outcomes = rows.filter(({ sk }) => sk.startsWith('ACTION#')).map(({ row }) => row);
      await database(stack).send(
        new DeleteCommand({ TableName: TABLE, Key: { executionArn: deleted.executionArn, sk: 'EXECUTION' } }),
      );
      expect(await archiveNow(stack)).to.deep.equal({ archived: 1, oldestSeconds: 0 });

      const { keys, read } = archive(stack);
      const day = String(execution.startedAt).slice(0, 10);
      const key = `executions/goalId=${goalId}/date=${day}/${executionArn.split(':').at(-1)}.json`;
      expect(await keys()).to.deep.equal([key]);
      expect(await keys(`executions/goalId=${goalId}/`)).to.deep.equal([key]);
      expect(JSON.parse(await read(key))).to.deep.equal({ execution, outcomes });
      expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(['SAVED', 'FAILED', 'SAVED']);

      // People see it as before; a second run finds nothing to do.
      await waitForShard(stack, executionArn, undefined);
      const file = statSync(join(s3Dir, key));
      expect(await archiveNow(stack)).to.deep.equal({ archived: 0, oldestSeconds: 0 });
      expect(await keys()).to.deep.equal([key]);
      expect(statSync(join(s3Dir, key))).to.include({ ino: file.ino, mtimeMs: file.mtimeMs });
      expect(await user.getStatus(executionArn)).to.include({ status: 'PARTIALLY_SUCCEEDED' });

      // The outcomes of the deleted one go as well.
      expect(await stack.expire(EXPIRY())).to.deep.equal({ [TABLE]: 7 });
      expect((await user.call('GET', statusPath(executionArn))).status).to.equal(404);
      expect(await rowsOf(stack, executionArn)).to.deep.equal([]);
      expect(await keys()).to.deep.equal([key]);
      const age = stack.metrics()['GoalActivity/dev']?.find(({ metricName }) => metricName === 'OldestUnarchivedAge');
      expect(age).to.include({ sampleCount: 2, maximum: 0 });
    });

    it('is not needed to show what is left while its rows expire, in whatever order DynamoDB deletes them', async () => {
      const stack = getStack();
      const { executionArn, user } = await runExecution(stack.url, 'expiring');
      for (const { sk } of await rowsOf(stack, executionArn)) {
        if (sk === 'EXECUTION') continue;
        await database(stack).send(new DeleteCommand({ TableName: TABLE, Key: { executionArn, sk } }));
      }
      // Each answer is checked against the contract.
      expect(await user.getStatus(executionArn)).to.include({ status: 'PARTIALLY_SUCCEEDED', totalActions: 0 });
      await user.historyOf(executionArn);
      await user.listExecutions();
    });

    it('has it once, with the same bytes, although the archiver meets itself', async () => {
      const stack = getStack();
      const { goalId, executionArn } = await runExecution(stack.url, 'twice');
      await waitForEndTold(stack, executionArn);
      await Promise.all([archiveNow(stack), archiveNow(stack)]);
      const { keys, read } = archive(stack);
      const [key = '', ...more] = await keys(`executions/goalId=${goalId}/`);
      expect(more).to.deep.equal([]);
      expect(JSON.parse(await read(key))).to.nested.include({ 'execution.executionArn': executionArn });
      await waitForShard(stack, executionArn, undefined);
    });
  });

  describe('of a stack that is started again', () => {
    const { start, dataDir } = useProcesses(ENVIRONMENT);

    it('has it once although the stack was killed after the end, by its schedule alone', async () => {
      const first = await start();
      const { goalId, executionArn } = await runExecution(first.url, 'killed');
      await first.end('SIGKILL');

      // An hour is 3.6 s here; a sweep, which notes that people were told, comes every 0.3 s.
      const environment = { ...ENVIRONMENT, TIME_SCALE: '0.001', DATA_DIR: dataDir() };
      const second = await startStack({ environment, port: 0, quiet: true, lazy: true });
      close.push(() => second.close());
      await waitForShard(second, executionArn, undefined);
      const keys = await archive(second).keys();
      expect(keys).to.have.length(1);
      expect(keys[0]).to.include(`goalId=${goalId}/`);
    });
  });
});
