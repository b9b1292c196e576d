import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { createClient } from '../../local/dynamodb/tables.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { StreamStore } from '../../local/streams/store.ts';
import { startProcess } from '../support/process.ts';
import { signIn, titles } from '../support/stack.ts';

const REGION = 'ap-northeast-1';
const BUCKET = 'goal-activity-dev-archive-123456789012';
const TABLE = 'goal-activity-dev-workflow-executions';
const DAY_SECONDS = 24 * 3600;
/** After any record of today has expired (90 days), and before its outcomes do (14 days later). */
const EXPIRY = () => Math.floor(Date.now() / 1000) + 91 * DAY_SECONDS;
const ENVIRONMENT = { AI_LATENCY_MS: '20', TIME_SCALE: '0.05' };

describe('the archive', function () {
  this.timeout(300_000);
  let dataDir = '';
  const close: (() => unknown)[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-archive-'));
  });
  afterEach(async () => {
    for (const each of close.splice(0).reverse()) await each();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  });

  async function start(): Promise<LocalStack> {
    const stack = await startStack({ environment: { ...ENVIRONMENT, DATA_DIR: dataDir }, port: 0, quiet: true });
    close.push(() => stack.close());
    return stack;
  }

  /** Ends everything that was started, in the middle of a test. */
  async function stop(): Promise<void> {
    for (const each of close.splice(0).reverse()) await each();
  }

  /** An execution of three actions, one of which failed. */
  async function runExecution(url: string, userId: string) {
    const user = await signIn(url, userId);
    const { goalId } = await user.createGoal(titles(3, (index) => (index === 1 ? '[ai:denied]' : '')));
    const { executionArn } = (await user.start(goalId)).body;
    expect(await user.waitForEnd(executionArn)).to.include({ status: 'PARTIALLY_SUCCEEDED' });
    return { goalId, executionArn };
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
    return Items.map(({ sk, ...row }): { sk: string; row: Record<string, unknown> } => ({ sk: String(sk), row }));
  }

  function archive(stack: LocalStack) {
    const client = new S3Client({
      endpoint: stack.s3Url,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    close.push(() => client.destroy());
    const keys = async (Prefix = ''): Promise<string[]> => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
      return Contents.map(({ Key = '' }) => Key);
    };
    return {
      keys,
      async read(key: string): Promise<string> {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
        return (await Body?.transformToString()) ?? '';
      },
      async waitForKeys(count: number): Promise<string[]> {
        for (let found = await keys(); ; found = await keys()) {
          if (found.length >= count) return found;
          await sleep(20);
        }
      },
    };
  }

  const invocations = ({ metrics }: LocalStack) =>
    metrics()['AWS/Lambda']?.find(
      ({ metricName, dimensions }) =>
        metricName === 'Invocations' && dimensions.FunctionName === 'goal-activity-dev-archive-executions',
    )?.sum ?? 0;

  it('gets an execution that expired, with its outcomes, found by goal and date; and none that somebody deleted', async () => {
    const stack = await start();
    const deleted = await runExecution(stack.url, 'deleted');
    const { goalId, executionArn } = await runExecution(stack.url, 'expired');
    const rows = await rowsOf(stack, executionArn);
    const execution = rows.find(({ sk }) => sk === 'EXECUTION')?.row;
    const outcomes = rows.filter(({ sk }) => sk.startsWith('ACTION#')).map(({ row }) => row);
    await database(stack).send(
      new DeleteCommand({ TableName: TABLE, Key: { executionArn: deleted.executionArn, sk: 'EXECUTION' } }),
    );
    expect(await stack.expire(EXPIRY())).to.deep.equal({ [TABLE]: 1 });

    const { keys, read, waitForKeys } = archive(stack);
    const day = String(execution?.startedAt).slice(0, 10);
    const key = `executions/goalId=${goalId}/date=${day}/${executionArn.split(':').at(-1)}.json`;
    expect(await waitForKeys(1)).to.deep.equal([key]);
    expect(await keys(`executions/goalId=${goalId}/`)).to.deep.equal([key]);
    const archived: unknown = JSON.parse(await read(key));
    expect(archived).to.deep.equal({ execution, outcomes });
    expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(['SAVED', 'FAILED', 'SAVED']);

    // The outcomes go 14 days later, and are no execution to archive.
    expect(await stack.expire(EXPIRY() + 15 * DAY_SECONDS)).to.deep.equal({ [TABLE]: 6 });
    expect(await rowsOf(stack, executionArn)).to.deep.equal([]);
    const third = await runExecution(stack.url, 'third');
    await stack.expire(EXPIRY());
    const found = await waitForKeys(2);
    expect(found.filter((each) => each.includes(third.goalId))).to.have.length(1);
    // An object is there a moment before the function that wrote it has answered.
    while (invocations(stack) < 2) await sleep(20);
    expect(invocations(stack)).to.equal(2);
  });

  it('has it once, with the same bytes, although its record is delivered twice', async () => {
    const first = await start();
    const { goalId } = await runExecution(first.url, 'twice');
    await first.expire(EXPIRY());
    const [key = ''] = await archive(first).waitForKeys(1);
    const bytes = await archive(first).read(key);
    await stop();
    const file = join(dataDir, 's3', BUCKET, key);
    const written = statSync(file);

    // As if the process had died before it wrote down how far it had come.
    const store = new StreamStore(dataDir);
    const [name = ''] = first.description.streamMappings.map((mapping) => mapping.name);
    for (const streamArn of store.streams(name)) store.saveCheckpoint(name, streamArn, '0');
    store.close();

    const second = await start();
    while (invocations(second) === 0) await sleep(20);
    expect(invocations(second)).to.equal(1);
    expect(await archive(second).keys()).to.deep.equal([key]);
    expect(key).to.include(`goalId=${goalId}/`);
    expect(await archive(second).read(key)).to.equal(bytes);
    expect(statSync(file)).to.include({ ino: written.ino, mtimeMs: written.mtimeMs });
  });

  it('has it once although the stack was killed when it had expired', async () => {
    const environment = { ...ENVIRONMENT, DATA_DIR: dataDir };
    const first = await startProcess(environment);
    close.push(() => first.end('SIGKILL'));
    const { goalId } = await runExecution(first.url, 'killed');
    const answer = await fetch(`${first.url}/local/expire`, {
      method: 'POST',
      body: JSON.stringify({ before: EXPIRY() }),
    });
    expect(await answer.json()).to.deep.equal({ expired: { [TABLE]: 1 } });
    await stop();

    const second = await start();
    const [key] = await archive(second).waitForKeys(1);
    expect(key).to.include(`goalId=${goalId}/`);
    expect(await archive(second).keys()).to.have.length(1);
  });
});
