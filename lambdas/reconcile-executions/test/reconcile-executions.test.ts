import { setTimeout as sleep } from 'node:timers/promises';
import type { Workflow } from '@goal-activity/core/aws/step-functions.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useTopic } from '../../../test/support/stack/topic.ts';
import { until } from '../../../test/support/until.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { watched } from '../../core/test/support/failing.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { givenSweep } from '../../core/test/support/tools.ts';
import { reconcileExecutions } from '../src/reconcile-executions.ts';

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);
const OVERDUE_MS = 911_000;

describe('reconcileExecutions', () => {
  const { db, executions: repository, goalOf, givenExecution } = useTables();
  const topic = useTopic();

  // Tests share the index: each leaves it empty.
  afterEach(async () => {
    for await (const rows of repository.openPages())
      for (const { executionArn } of rows) await repository.change(String(executionArn), { remove: ['runningShard'] });
  });

  /** The real sweep and repair, on a Step Functions where every execution has timed out, unless told. */
  function given(describe: Workflow['describe'] = async () => ({ status: 'TIMED_OUT' })) {
    const { db: asked, commands } = watched(db);
    return { ...givenSweep(asked, topic(), { describe }), commands };
  }

  const overdue = () => givenExecution({ actionCount: 1, now: ago(OVERDUE_MS) });
  const statusesOf = (executions: { executionArn: string }[]) =>
    Promise.all(executions.map(async ({ executionArn }) => (await repository.get(executionArn))?.status));

  it('costs one query a partition when no execution is open, and when those that are open are all right', async () => {
    for (const open of [0, 3]) {
      for (let count = 0; count < open; count += 1) await givenExecution({ actionCount: 1 });
      const { tools, commands } = given();
      expect(await reconcileExecutions(tools)).to.deep.equal({ open, repaired: 0 });
      expect(commands).to.deep.equal(Array(8).fill('QueryCommand'));
    }
  });

  it('repairs the others when one repair fails and a row breaks its schema, logs which, and fails at the end', async () => {
    const executions = [await overdue(), await overdue(), await overdue(), await overdue()];
    const [, ill, broken] = executions.map(({ executionArn }) => executionArn);
    await repository.change(broken ?? '', { remove: ['actionIds'] });
    const { tools, lines } = given(async (executionArn) => {
      if (executionArn === ill) throw new Error('no answer');
      return { status: 'TIMED_OUT' };
    });
    const error = await failureOf(reconcileExecutions(tools));
    expect(error).to.include({ name: 'TransientError', message: '2 of 4 repairs failed' });
    await repository.change(broken ?? '', { set: { actionIds: [] } });
    expect(await statusesOf(executions)).to.deep.equal(['TIMED_OUT', 'RUNNING', 'RUNNING', 'TIMED_OUT']);
    const logged = lines.filter(({ message }) => message === 'repair failed');
    expect(logged.map(({ executionArn }) => executionArn)).to.have.members([ill, broken]);
    const failure = logged.find(({ executionArn }) => executionArn === ill);
    expect(failure).to.include({ level: 'error', errorMessage: 'no answer' });
    expect(failure?.stack).to.be.a('string');
    expect(await reconcileExecutions(given().tools)).to.deep.equal({ open: 2, repaired: 2 });
  });

  it('acts on what the table says when the index is behind', async () => {
    const { executionArn, record } = await overdue();
    await settle(repository, executionArn, { status: 'FAILED', notify: 'machine' });
    const gone = { ...record, executionArn: `${executionArn}9` };
    const { tools } = givenSweep(db, topic());
    const openPages = async function* () {
      yield [record];
      yield [gone];
    };
    const behind = { ...tools, executions: Object.assign(tools.executions, { openPages }) };
    expect(await reconcileExecutions(behind)).to.deep.equal({ open: 2, repaired: 0 });
    expect(await repository.get(executionArn)).to.include({ status: 'FAILED' });
  });

  it('repairs the stale ones among many, five at once and no more, each once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => givenExecution({ actionCount: 1 })));
    const executions = await Promise.all(Array.from({ length: 12 }, overdue));
    const asked: string[] = [];
    let [running, most] = [0, 0];
    const { tools } = given(async (executionArn) => {
      running += 1;
      most = Math.max(most, running);
      // The first ones end once five run; a sixth would have begun by then.
      await until(() => most >= 5);
      await sleep(20);
      running -= 1;
      asked.push(executionArn);
      return { status: 'RUNNING' };
    });
    expect(await reconcileExecutions(tools)).to.deep.equal({ open: 18, repaired: 12 });
    expect(asked).to.have.members(executions.map(({ executionArn }) => executionArn));
    expect(most).to.equal(5);
  });

  const aws = useAwsServer({ DescribeExecution: () => ({ status: 'TIMED_OUT' }), PutMetricData: () => ({}) });

  it('settles what timed out unseen, sends the alert with its runbook, logs the end and writes the metrics in one call (rule 4)', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 2, now: ago(30_000), saved: [0] });
    const sweep = async () =>
      callOn(db, 'reconcile-executions', { source: 'aws.events', detail: {} }, aws(), {
        AWS_ENDPOINT_URL_SNS: topic().url,
        ALERTS_TOPIC_ARN: topic().topicArn,
        METRICS_NAMESPACE: 'GoalActivity/test',
        RUNBOOK_URL: 'https://example.com/operations.md',
        MESSAGE_LANGUAGE: 'en',
      });
    const { answer, lines } = await sweep();
    expect(answer).to.deep.equal({ open: 1, repaired: 1 });
    expect((await sweep()).answer).to.deep.equal({ open: 0, repaired: 0 });
    const settled = { status: 'TIMED_OUT', notify: 'sent', savedActions: 1 };
    expect(await repository.get(executionArn)).to.include(settled);
    expect(await goalOf(goalId)).to.include({ status: 'partial' });
    const [told, ...others] = topic().messagesAbout(executionArn);
    expect(told?.message.split('\n').at(-1)).to.equal('Runbook: https://example.com/operations.md#execution-timed-out');
    expect(others).to.deep.equal([]);
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['DescribeExecution', 'PutMetricData']);
    expect(aws().calls[1]?.input).to.include({ Namespace: 'GoalActivity/test' });
    const logged = { level: 'error', function: 'reconcile-executions', executionArn, status: 'TIMED_OUT' };
    expect(lines.find(({ message }) => message === 'execution ended')).to.include(logged);
  });
});
