import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '@goal-activity/core/aws/database.ts';
import type { Workflow } from '@goal-activity/core/aws/step-functions.ts';
import { EXECUTION } from '@goal-activity/core/execution/records.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { startSns, useTopic } from '../../../test/support/stack/topic.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { givenSweep } from '../../core/test/support/tools.ts';
import { reconcileExecutions } from '../src/reconcile-executions.ts';

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);
const OVERDUE_MS = 911_000;

/** The database, counting what is sent to it. */
function counting(db: Database): { db: Database; sent: string[] } {
  const sent: string[] = [];
  const handler: ProxyHandler<Database['client']> = {
    get: (client, property) => {
      if (property !== 'send') return Reflect.get(client, property);
      return (command: object, ...rest: unknown[]) => {
        sent.push(command.constructor.name);
        return Reflect.apply(client.send, client, [command, ...rest]);
      };
    },
  };
  return { db: { ...db, client: new Proxy(db.client, handler) }, sent };
}

describe('reconcileExecutions', () => {
  const db = useDatabase();
  const repository = executionsOf(db);
  const topic = useTopic();

  // Tests share the index: each leaves it empty.
  afterEach(async () => {
    for await (const rows of repository.openPages()) {
      for (const { executionArn } of rows) {
        const Key = { executionArn, sk: EXECUTION };
        await db.client.send(
          new UpdateCommand({ TableName: db.executions, Key, UpdateExpression: 'REMOVE runningShard' }),
        );
      }
    }
  });

  /** The real sweep and repair, on a Step Functions where every execution has timed out, unless told. */
  function given(real: Database, describe: Workflow['describe'] = async () => ({ status: 'TIMED_OUT' }), now?: Date) {
    const { db, sent } = counting(real);
    return { ...givenSweep(db, topic(), { describe }, now), sent };
  }

  const overdue = (db: Database) => givenExecution(db, { actionCount: 1, now: ago(OVERDUE_MS) });

  it('costs one query when no execution is open', async () => {
    const { tools, sent } = given(db);
    expect(await reconcileExecutions(tools)).to.deep.equal({ open: 0, repaired: 0 });
    expect(sent).to.deep.equal(['QueryCommand']);
  });

  it('costs one query when those that are open are all right', async () => {
    for (let count = 0; count < 3; count += 1) await givenExecution(db, { actionCount: 1 });
    const { tools, sent } = given(db);
    expect(await reconcileExecutions(tools)).to.deep.equal({ open: 3, repaired: 0 });
    expect(sent).to.deep.equal(['QueryCommand']);
  });

  it('settles an execution whose TIMED_OUT event never came, with one alert, however often it sweeps (rule 4)', async () => {
    const { executionArn, goalId } = await overdue(db);
    const sweeps = [1, 2, 3].map(() => given(db));
    await Promise.all(sweeps.map(({ tools }) => reconcileExecutions(tools)));
    expect(await reconcileExecutions(given(db).tools)).to.deep.equal({ open: 0, repaired: 0 });
    expect(await repository.get(executionArn)).to.include({ status: 'TIMED_OUT', notify: 'sent' });
    expect(await getGoal(db, goalId)).to.include({ status: 'failed' });
    expect(sweeps.flatMap(({ ends }) => ends)).to.have.length(1);
    expect(sweeps.flatMap(({ puts }) => puts)).to.have.length(1);
    const messages = topic().messagesAbout(executionArn);
    expect(messages.map(({ subject }) => subject)).to.deep.equal([
      '[goal-activity] HIGH PRIORITY: an execution timed out',
    ]);
  });

  it('repairs the stale ones among many', async () => {
    const fresh = await Promise.all(Array.from({ length: 6 }, () => givenExecution(db, { actionCount: 1 })));
    const stale = await Promise.all(Array.from({ length: 7 }, () => overdue(db)));
    const { tools } = given(db);
    expect(await reconcileExecutions(tools)).to.deep.equal({ open: 13, repaired: 7 });
    const statuses = async (executions: { executionArn: string }[]) =>
      new Set(
        await Promise.all(executions.map(async ({ executionArn }) => (await repository.get(executionArn))?.status)),
      );
    expect(await statuses(stale)).to.deep.equal(new Set(['TIMED_OUT']));
    expect(await statuses(fresh)).to.deep.equal(new Set(['RUNNING']));
  });

  it('repairs the others when one repair fails, logs which, and fails at the end', async () => {
    const executions = [await overdue(db), await overdue(db), await overdue(db)];
    const ill = executions[1]?.executionArn;
    const { tools, lines } = given(db, async (executionArn) => {
      if (executionArn === ill) throw new Error('no answer');
      return { status: 'TIMED_OUT' };
    });
    const error = await failureOf(reconcileExecutions(tools));
    expect(error).to.include({ name: 'TransientError', message: '1 of 3 repairs failed' });
    const statuses = await Promise.all(
      executions.map(async ({ executionArn }) => (await repository.get(executionArn))?.status),
    );
    expect(statuses).to.deep.equal(['TIMED_OUT', 'RUNNING', 'TIMED_OUT']);
    const logged = lines.find(({ message }) => message === 'repair failed');
    expect(logged).to.include({ level: 'error', executionArn: ill, errorMessage: 'no answer' });
    expect(logged?.stack).to.be.a('string');
    expect(await reconcileExecutions(given(db).tools)).to.deep.equal({ open: 1, repaired: 1 });
  });

  it('repairs the others when a row breaks its schema', async () => {
    const [broken, sound] = [await overdue(db), await overdue(db)];
    await db.client.send(
      new UpdateCommand({
        TableName: db.executions,
        Key: { executionArn: broken.executionArn, sk: EXECUTION },
        UpdateExpression: 'REMOVE actionIds',
      }),
    );
    expect((await failureOf(reconcileExecutions(given(db).tools))).message).to.equal('1 of 2 repairs failed');
    expect(await repository.get(sound.executionArn)).to.include({ status: 'TIMED_OUT' });
  });

  it('acts on what the table says when the index is behind', async () => {
    const { executionArn, record } = await overdue(db);
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

  it('sends the alert of an execution that was settled by a sweep whose SNS was down', async () => {
    const { executionArn } = await overdue(db);
    topic().failNext(new Error('SNS is down'));
    await failureOf(reconcileExecutions(given(db).tools));
    expect(await repository.get(executionArn)).to.include({ status: 'TIMED_OUT', notify: 'pending' });
    const later = given(db, undefined, new Date(Date.now() + 11_000)).tools;
    expect(await reconcileExecutions(later)).to.deep.equal({ open: 1, repaired: 1 });
    expect(topic().messagesAbout(executionArn)).to.have.length(1);
    expect(await repository.get(executionArn)).to.include({ notify: 'sent' });
    expect(await reconcileExecutions(given(db).tools)).to.deep.equal({ open: 0, repaired: 0 });
  });

  it('repairs five at once and no more, each once, however many there are', async () => {
    const executions = await Promise.all(Array.from({ length: 12 }, () => overdue(db)));
    const asked: string[] = [];
    let [running, most] = [0, 0];
    const { tools } = given(db, async (executionArn) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      asked.push(executionArn);
      return { status: 'RUNNING' };
    });
    expect(await reconcileExecutions(tools)).to.deep.equal({ open: 12, repaired: 12 });
    expect(asked).to.have.members(executions.map(({ executionArn }) => executionArn));
    expect(most).to.equal(5);
  });
});

const topicArn = 'arn:aws:sns:ap-northeast-1:123456789012:goal-activity-dev-alerts';

describe('the handler of reconcile-executions', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  let sns: Awaited<ReturnType<typeof startSns>>;
  const aws = useAwsServer({ DescribeExecution: () => ({ status: 'TIMED_OUT' }), PutMetricData: () => ({}) });
  before(async () => {
    sns = await startSns({ topicArn });
  });
  after(() => sns.close());

  it('settles what timed out unseen, sends the alert with its runbook, logs the end and writes the metrics in one call', async () => {
    const execution = await givenExecution(db, { actionCount: 2, now: new Date(Date.now() - 30_000), saved: [0] });
    const fresh = await givenExecution(db, { actionCount: 1 });
    const { executionArn } = execution;
    const sweep = async () =>
      callOn(db, 'reconcile-executions', { source: 'aws.events', detail: {} }, aws(), {
        AWS_ENDPOINT_URL_SNS: sns.url,
        ALERTS_TOPIC_ARN: topicArn,
        METRICS_NAMESPACE: 'GoalActivity/test',
        RUNBOOK_URL: 'https://example.com/operations.md',
      });
    const { answer, lines } = await sweep();
    expect(answer).to.deep.equal({ open: 2, repaired: 1 });
    expect((await sweep()).answer).to.deep.equal({ open: 1, repaired: 0 });
    const end = { status: 'FAILED', notify: 'machine' } as const;
    await settle(executions, fresh.executionArn, end);

    expect(await executions.get(executionArn)).to.include({
      status: 'TIMED_OUT',
      notify: 'sent',
      savedActions: 1,
    });
    expect(sns.messages().map(({ message }) => message.split('\n').at(-1))).to.deep.equal([
      'Runbook: https://example.com/operations.md#execution-timed-out',
    ]);
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['DescribeExecution', 'PutMetricData']);
    const { Namespace, MetricData } = aws().calls[1]?.input ?? {};
    expect(Namespace).to.equal('GoalActivity/test');
    const data: { MetricName: string; Value?: number }[] = Array.isArray(MetricData) ? MetricData : [];
    const values = Object.fromEntries(data.map(({ MetricName, Value }) => [MetricName, Value]));
    expect(values).to.include({ Executions: 1, ExecutionsTimedOut: 1, SuccessRate: 50, EstimatedCost: 0.00015 });
    expect(lines.find(({ message }) => message === 'execution ended')).to.include({
      level: 'error',
      function: 'reconcile-executions',
      executionArn,
      status: 'TIMED_OUT',
    });
  });
});
