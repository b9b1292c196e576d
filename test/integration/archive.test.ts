import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { useProcesses } from '../support/stack/process.ts';
import { useDocuments } from '../support/stack/rows.ts';
import { signIn, statusPath, titles, useStack } from '../support/stack/stack.ts';
import { until } from '../support/until.ts';

const BUCKET = 'goal-activity-dev-ap-northeast-1-archive-123456789012';
const TABLE = 'goal-activity-dev-workflow-executions';
const SWEEP = 'goal-activity-dev-reconcile-executions';
const ARCHIVER = 'goal-activity-dev-archive-executions';
const DAY_SECONDS = 24 * 3600;
/** After any record of today has expired. */
const EXPIRY = () => Math.floor(Date.now() / 1000) + 91 * DAY_SECONDS;
/** An hour is 6 minutes here: a test that invokes the archiver itself is over before its schedule does. */
const ENVIRONMENT = { AI_LATENCY_MS: '20', TIME_SCALE: '0.1' };

/** An execution of three actions, one of which failed. */
async function runExecution(url: string, userId: string) {
  const user = await signIn(url, userId);
  const { goalId } = await user.createGoal(titles(3, (index) => (index === 1 ? '[ai:denied]' : '')));
  const { executionArn } = (await user.start(goalId)).body;
  expect(await user.waitForEnd(executionArn)).to.include({ status: 'PARTIALLY_SUCCEEDED' });
  return { goalId, executionArn, user };
}

describe('the archive', function () {
  this.timeout(300_000);

  /** The bucket as a folder, in which objects are files under the names of their keys. */
  const bucketIn = (dataDir: string) => join(dataDir, 's3', BUCKET);
  const keysIn = (dataDir: string) => globSync('**/*.json', { cwd: bucketIn(dataDir) });

  describe('of a stack that goes on', () => {
    const stack = useStack(ENVIRONMENT);
    const documents = useDocuments(stack);
    const deleteRow = (executionArn: string, sk: string) =>
      documents().send(new DeleteCommand({ TableName: TABLE, Key: { executionArn, sk } }));

    async function rowsOf(executionArn: string) {
      const values = { ':arn': executionArn };
      const query = { KeyConditionExpression: 'executionArn = :arn', ExpressionAttributeValues: values };
      const { Items = [] } = await documents().send(new QueryCommand({ TableName: TABLE, ...query }));
      return Items.map(({ sk, runningShard, ...row }) => ({ sk: String(sk), runningShard, row }));
    }
    const recordOf = async (executionArn: string) => (await rowsOf(executionArn)).find(({ sk }) => sk === 'EXECUTION');

    it('gets an execution that has ended, with its outcomes, once, found by goal and date; then its rows expire together', async () => {
      const { url, logFile, lambda, expire, metrics } = stack();
      const dataDir = dirname(logFile);
      const deleted = await runExecution(url, 'deleted');
      const { goalId, executionArn, user } = await runExecution(url, 'kept');
      // The machine has told people of a partial success; that they are told is noted by a sweep.
      while (!String((await recordOf(executionArn))?.runningShard).startsWith('UNARCHIVED')) {
        await lambda.invoke(SWEEP, {});
        await sleep(50);
      }
      const rows = await rowsOf(executionArn);
      const { metricsBy: _by, ...execution } = rows.find(({ sk }) => sk === 'EXECUTION')?.row ?? {};
      const outcomes = rows.filter(({ sk }) => sk.startsWith('ACTION#'));
      await deleteRow(deleted.executionArn, 'EXECUTION');
      expect(await lambda.invoke(ARCHIVER, {})).to.deep.equal({ archived: 1, oldestSeconds: 0 });

      const day = String(execution.startedAt).slice(0, 10);
      const key = `executions/goalId=${goalId}/date=${day}/${executionArn.split(':').at(-1)}.json`;
      const path = join(bucketIn(dataDir), key);
      expect(keysIn(dataDir)).to.deep.equal([key]);
      const archived = { execution, outcomes: outcomes.map(({ row }) => row) };
      expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.equal(archived);
      expect(outcomes.map(({ row }) => row.outcome)).to.deep.equal(['SAVED', 'FAILED', 'SAVED']);

      // A second run finds nothing to do.
      expect(await recordOf(executionArn)).to.include({ runningShard: undefined });
      const { ino, mtimeMs } = statSync(path);
      expect(await lambda.invoke(ARCHIVER, {})).to.deep.equal({ archived: 0, oldestSeconds: 0 });
      expect(keysIn(dataDir)).to.deep.equal([key]);
      expect(statSync(path)).to.include({ ino, mtimeMs });

      // People see it until the record has expired, though DynamoDB may delete an outcome first.
      await deleteRow(executionArn, outcomes[0]?.sk ?? '');
      expect(await user.getStatus(executionArn)).to.include({ status: 'PARTIALLY_SUCCEEDED', totalActions: 2 });
      await user.historyOf(executionArn);
      await user.listExecutions();
      // The outcomes of the deleted one go as well.
      expect(await expire(EXPIRY())).to.deep.equal({ [TABLE]: 6 });
      expect((await user.call('GET', statusPath(executionArn))).status).to.equal(404);
      expect(keysIn(dataDir)).to.deep.equal([key]);
      const age = metrics()['GoalActivity/dev']?.find(({ metricName }) => metricName === 'OldestUnarchivedAge');
      expect(age).to.include({ sampleCount: 2, maximum: 0 });
    });
  });

  describe('of a stack that is started again', () => {
    const { start, dataDir } = useProcesses(ENVIRONMENT);

    it('has it once although the stack was killed after the end, by its schedule alone', async () => {
      const first = await start();
      const { goalId } = await runExecution(first.url, 'killed');
      await first.end('SIGKILL');
      // An hour is 3.6 s here; a sweep, which notes that people were told, comes every 0.3 s.
      await start({ TIME_SCALE: '0.001' });
      await until(() => keysIn(dataDir()).length > 0, 'it is archived');
      const keys = keysIn(dataDir());
      expect(keys).to.have.length(1);
      expect(keys[0]).to.include(`goalId=${goalId}/`);
    });
  });
});
