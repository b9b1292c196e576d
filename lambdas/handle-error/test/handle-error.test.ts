import { finishCancel } from '@goal-activity/core/execution/cancel.ts';
import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { useTopic } from '../../../test/support/stack/topic.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { failing, cancelled as refused } from '../../core/test/support/failing.ts';
import { givenSweep } from '../../core/test/support/tools.ts';
import { handleCaught, handleStatusEvent } from '../src/handle-error.ts';

type Ended = 'FAILED' | 'TIMED_OUT' | 'ABORTED';
const stranger = 'arn:aws:states:x:1:execution:m:none';
const BY_OUTCOME = { status: 'by outcome', notify: 'machine' } as const;

/** The whole event that EventBridge delivers, as far as it is of interest that there is more than what is read. */
const event = (executionArn: string, status: Ended | 'SUCCEEDED', error?: string, cause?: string) => ({
  version: '0',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states' as const,
  resources: [executionArn],
  detail: { executionArn, name: 'e', status, output: null, error: error ?? null, cause: cause ?? null },
});

describe('handle-error', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const topic = useTopic();

  function given(now?: Date, on = db) {
    const { tools, ...noted } = givenSweep(on, topic(), {}, now);
    return { ...tools, ...noted };
  }
  /** Hears of an end, and counts the messages about it so far. */
  async function hear(executionArn: string, status: Ended, error?: string, tools = given()) {
    await handleStatusEvent(event(executionArn, status, error), tools);
    return topic().messagesAbout(executionArn).length;
  }
  const caught = (executionArn: string) => handleCaught({ executionArn, error: { Error: 'ValidationError' } }, given());
  /** An execution that a Catch has settled: the machine is to tell people of it. */
  async function givenCaught() {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    await caught(executionArn);
    return executionArn;
  }

  it('settles what a Catch caught as FAILED with the error, and has the machine tell people', async () => {
    const { executionArn, goalId } = await givenExecution(db);
    const cause = 'the goal lacks actions';
    const error = { Error: 'ValidationError', Cause: JSON.stringify({ errorMessage: cause }) };
    const tools = given();
    const settlement = await handleCaught({ executionArn, error }, tools);
    expect(tools.lines).to.have.length(1);
    const why = { errorName: 'ValidationError', errorMessage: cause };
    expect(tools.lines[0]).to.include({ level: 'error', executionArn, ...why });
    expect(settlement).to.include({ status: 'FAILED', next: 'NOTIFY_FAILURE' });
    expect(settlement.notification?.message).to.contain(cause).and.to.contain(goalId);
    expect(await executions.get(executionArn)).to.include({ error: 'ValidationError', cause });
    expect(await getGoal(db, goalId)).to.include({ status: 'failed' });
  });

  it('says of a caught run that had succeeded already that it succeeded (rule 6), and tells nobody of a claim taken back', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1, saved: [0], ended: BY_OUTCOME });
    expect(await caught(executionArn)).to.include({ status: 'SUCCEEDED', next: 'SUCCEED' });
    expect(await caught(stranger)).to.deep.equal({ executionArn: stranger, status: 'FAILED', next: 'NONE' });
  });

  it('settles a timed-out execution and sends one high-priority alert, however often the event comes (rule 4)', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 2, saved: [0] });
    const deliveries = [1, 2, 3].map(() => given());
    await Promise.all(deliveries.map((tools) => hear(executionArn, 'TIMED_OUT', undefined, tools)));
    expect(await hear(executionArn, 'TIMED_OUT', undefined, given(new Date(Date.now() + 600_000)))).to.equal(1);
    expect(deliveries.flatMap(({ ends }) => ends)).to.have.length(1);
    expect(deliveries.flatMap(({ puts }) => puts)).to.have.length(1);
    expect(await getGoal(db, goalId)).to.include({ status: 'partial' });
    expect(await executions.get(executionArn)).to.include({ status: 'TIMED_OUT', notify: 'sent' });
    const [message] = topic().messagesAbout(executionArn);
    expect(message?.subject).to.contain('HIGH PRIORITY');
    expect(message?.attributes).to.deep.equal({ kind: 'timeout' });
    expect(message?.message.split('\n').at(-1)).to.match(/^Runbook: .*#execution-timed-out$/);
  });

  it('sends the alert on the next delivery when sending failed, and leaves the execution to the sweep until then', async () => {
    const [cut, caughtBefore] = [(await givenExecution(db)).executionArn, await givenCaught()];
    expect(await executions.get(caughtBefore)).to.include({ notify: 'machine', runningShard: 'RUNNING' });
    for (const executionArn of [cut, caughtBefore]) {
      topic().failNext(new Error('SNS is down'));
      await failureOf(hear(executionArn, 'FAILED', 'SNS.NotFoundException'));
      expect(topic().messagesAbout(executionArn)).to.deep.equal([]);
      expect(await executions.get(executionArn)).to.include({ notify: 'pending', runningShard: 'RUNNING' });
      expect(await hear(executionArn, 'FAILED', 'SNS.NotFoundException')).to.equal(1);
    }
  });

  for (const [what, status, error, messages] of [
    ['stays silent when the machine has told people already', 'FAILED', 'WorkflowFailed', 0],
    ['tells of what was stopped by hand with an error that the machine has too', 'ABORTED', 'WorkflowFailed', 1],
    ['tells people itself of what died without an error', 'FAILED', undefined, 1],
  ] as const) {
    it(what, async () => {
      const executionArn = await givenCaught();
      for (const _ of [1, 2]) expect(await hear(executionArn, status, error)).to.equal(messages);
      // Known from here on: the sweep need not ask.
      const done = { notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' };
      expect(await executions.get(executionArn)).to.include(done);
    });
  }

  it('writes the metrics of what others settled and did not count, once, as of a cancel through the API', async () => {
    const cancelled = { cancelRequestedAt: new Date().toISOString() };
    const { executionArn, record } = await givenExecution(db, { actionCount: 2, cancelled });
    await finishCancel(executions, record);
    const deliveries = [1, 2, 3].map(() => given());
    await Promise.all(deliveries.map((tools) => hear(executionArn, 'ABORTED', 'ABORT', tools)));
    const puts = deliveries.flatMap((tools) => tools.puts);
    expect(puts).to.have.length(1);
    expect(puts[0]?.MetricData?.find(({ MetricName }) => MetricName === 'ExecutionsAborted')?.Value).to.equal(1);
    const done = { metrics: 'sent', notify: 'none', runningShard: 'UNARCHIVED' };
    expect(await executions.get(executionArn)).to.include(done);
    const noWrite = failing(db, (command) => (/^(Get|Query)/.test(command) ? undefined : new Error(command)));
    const again = given(undefined, noWrite);
    expect(await hear(executionArn, 'ABORTED', 'ABORT', again)).to.equal(0);
    expect(again.puts).to.deep.equal([]);
  });

  it('finishes a cancel that died half-way, and alerts nobody: the user wanted it', async () => {
    const cancelled = { cancelRequestedAt: new Date().toISOString() };
    const { executionArn, goalId } = await givenExecution(db, { saved: [0, 1], cancelled });
    const answer = await handleStatusEvent(event(executionArn, 'ABORTED', 'ABORT'), given());
    expect(answer).to.deep.equal({ executionArn, status: 'ABORTED', next: 'NONE' });
    expect(await listTasks(db, goalId)).to.deep.equal([]);
    expect(await getGoal(db, goalId)).to.include({ status: 'draft' });
    expect(topic().messagesAbout(executionArn)).to.deep.equal([]);
  });

  for (const [error, cause, told] of [
    [undefined, undefined, 'The execution failed.'],
    ['States.Runtime', 'no input', 'no input'],
  ] as const) {
    it(`writes why, of ${error ?? 'no error'}, and logs that the alert was sent, once`, async () => {
      const { executionArn, goalId } = await givenExecution(db, { actionCount: 1 });
      const [first, again] = [given(), given()];
      for (const tools of [first, again]) await handleStatusEvent(event(executionArn, 'FAILED', error, cause), tools);
      const ended = { status: 'FAILED', error: error ?? 'FAILED', cause: told };
      expect(await executions.get(executionArn)).to.include(ended);
      expect([first.lines.length, again.lines.length]).to.deep.equal([1, 0]);
      const logged = { level: 'error', executionArn, goalId, status: 'FAILED', errorName: ended.error };
      expect(first.lines[0]).to.include(logged);
    });
  }

  it('logs the status where nobody knows an error: it came to its last step, and died before it told people', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1, ended: BY_OUTCOME });
    const tools = given();
    await hear(executionArn, 'FAILED', 'SNS.NotFoundException', tools);
    expect(tools.lines[0]).to.include({ status: 'FAILED', errorName: 'FAILED' });
  });

  it('tells nobody of a success, whatever the event says, and settles nothing for other statuses', async () => {
    const ended = await givenExecution(db, { actionCount: 1, saved: [0], ended: BY_OUTCOME });
    expect(await hear(ended.executionArn, 'FAILED', 'States.Runtime')).to.equal(0);
    const { executionArn, goalId } = await givenExecution(db);
    const answer = await handleStatusEvent(event(executionArn, 'SUCCEEDED'), given());
    expect(answer).to.deep.equal({ executionArn, status: 'RUNNING', next: 'NONE' });
    expect(await getGoal(db, goalId)).to.include({ status: 'processing' });
  });

  it('takes nothing away of an execution that it could not settle', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 1, saved: [0] });
    const refusing = failing(db, (command, before) =>
      command === 'TransactWriteCommand' && before === 0 ? refused('ConditionalCheckFailed', 'None') : undefined,
    );
    await handleStatusEvent(event(executionArn, 'FAILED'), given(undefined, refusing));
    expect(await listTasks(db, goalId)).to.have.length(3);
  });

  it('logs the event of an execution without a record, and answers its status', async () => {
    const tools = given();
    const answer = await handleStatusEvent(event(stranger, 'FAILED'), tools);
    expect(answer).to.deep.equal({ executionArn: stranger, status: 'FAILED', next: 'NONE' });
    expect(tools.lines).to.have.length(1);
    expect(tools.lines[0]).to.include({ level: 'warn', executionArn: stranger, status: 'FAILED' });
  });

  const aws = useAwsServer({ PutMetricData: () => ({}) });

  it('leaves it to the machine to tell people of what it caught, and tells them itself of what no Catch saw', async () => {
    const [caught, cut] = [await givenExecution(db, { actionCount: 1 }), await givenExecution(db, { actionCount: 1 })];
    const RUNBOOK_URL = 'https://example.com/runbook';
    const call = async (input: object) => {
      const { url, topicArn } = topic();
      const variables = { AWS_ENDPOINT_URL_SNS: url, ALERTS_TOPIC_ARN: topicArn, RUNBOOK_URL };
      return callOn(db, 'handle-error', input, aws(), variables);
    };
    const error = { Error: 'ValidationError', Cause: 'no' };
    const { answer } = await call({ executionArn: caught.executionArn, error });
    expect(answer).to.deep.include({ status: 'FAILED', next: 'NOTIFY_FAILURE' });
    expect(topic().messagesAbout(caught.executionArn)).to.deep.equal([]);
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['PutMetricData']);

    const { executionArn } = cut;
    const settled = await call(event(executionArn, 'TIMED_OUT'));
    expect(settled.answer).to.deep.equal({ executionArn, status: 'TIMED_OUT', next: 'NONE' });
    const lastLines = topic()
      .messagesAbout(executionArn)
      .map(({ message }) => message.split('\n').at(-1));
    expect(lastLines).to.deep.equal([`Runbook: ${RUNBOOK_URL}#execution-timed-out`]);
    const done = { status: 'TIMED_OUT', notify: 'sent', metrics: 'sent' };
    expect(await executions.get(executionArn)).to.include(done);
    expect(aws().calls).to.have.length(2);
    const { error: refused } = await call({ ...event(executionArn, 'TIMED_OUT'), source: 'aws.s3' });
    expect(refused?.name).to.equal('ValidationError');
  });
});
