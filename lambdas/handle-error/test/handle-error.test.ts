import { expect } from 'chai';
import { useTopic } from '../../../test/support/stack/topic.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { cancelled, refusing } from '../../core/test/support/failing.ts';
import { BY_OUTCOME, cancelRequested, useTables, withPart } from '../../core/test/support/tables.ts';
import { givenSweep } from '../../core/test/support/tools.ts';
import { handleCaught, handleStatusEvent } from '../src/handle-error.ts';

type Ended = 'FAILED' | 'TIMED_OUT' | 'ABORTED';
const stranger = 'arn:aws:states:x:1:execution:m:none';

/** The whole event that EventBridge delivers, as far as it is of interest that there is more than what is read. */
const event = (executionArn: string, status: Ended | 'SUCCEEDED', error?: string, cause?: string) => ({
  version: '0',
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states' as const,
  resources: [executionArn],
  detail: { executionArn, name: 'e', status, output: null, error: error ?? null, cause: cause ?? null },
});

describe('handle-error', () => {
  const { db, executions, goalOf, tasksOf, givenExecution } = useTables();
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

  it('settles what a Catch caught as FAILED with the error, and has the machine tell people', async () => {
    const { executionArn, goalId } = await givenExecution();
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
    expect(await goalOf(goalId)).to.include({ status: 'failed' });
  });

  it('says of a caught run that had succeeded already that it succeeded (rule 6), and tells nobody of a claim taken back', async () => {
    const { executionArn } = await givenExecution({ actionCount: 1, saved: [0], ended: BY_OUTCOME });
    expect(await caught(executionArn)).to.include({ status: 'SUCCEEDED', next: 'SUCCEED' });
    expect(await caught(stranger)).to.deep.equal({ executionArn: stranger, status: 'FAILED', next: 'NONE' });
  });

  it('settles an execution that ran no Catch, with the reason of the event, and sends and logs one alert, however often it comes (rule 4)', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 2, saved: [0] });
    const why = { error: 'States.Runtime', cause: 'no input' };
    const deliveries = [1, 2, 3].map(() => given());
    await Promise.all(
      deliveries.map((tools) => handleStatusEvent(event(executionArn, 'FAILED', why.error, why.cause), tools)),
    );
    expect(await hear(executionArn, 'FAILED', why.error, given(new Date(Date.now() + 600_000)))).to.equal(1);
    for (const noted of ['ends', 'puts', 'lines'] as const)
      expect(deliveries.flatMap((tools): unknown[] => tools[noted])).to.have.length(1);
    const logged = { level: 'error', executionArn, goalId, status: 'FAILED', errorName: why.error };
    expect(deliveries.flatMap(({ lines }) => lines)[0]).to.include(logged);
    expect(await goalOf(goalId)).to.include({ status: 'partial' });
    expect(await executions.get(executionArn)).to.include({ status: 'FAILED', notify: 'sent', ...why });
  });

  it('learns from the event how an execution ended that a Catch has settled: silent when the machine has told people, and telling them otherwise', async () => {
    for (const [error, messages] of [
      ['WorkflowFailed', 0],
      [undefined, 1],
    ] as const) {
      const { executionArn } = await givenExecution({ actionCount: 1 });
      await caught(executionArn);
      expect(await hear(executionArn, 'FAILED', error)).to.equal(messages);
      // Known from here on: the sweep need not ask.
      const done = { notify: 'sent', metrics: 'sent', runningShard: 'UNARCHIVED' };
      expect(withPart(await executions.get(executionArn))).to.include(done);
    }
  });

  it('finishes a cancel that died half-way, and alerts nobody: the user wanted it', async () => {
    const { executionArn, goalId } = await givenExecution({ saved: [0, 1], cancelled: cancelRequested() });
    const answer = await handleStatusEvent(event(executionArn, 'ABORTED', 'ABORT'), given());
    expect(answer).to.deep.equal({ executionArn, status: 'ABORTED', next: 'NONE' });
    expect(await tasksOf(goalId)).to.deep.equal([]);
    expect(await goalOf(goalId)).to.include({ status: 'draft' });
    expect(topic().messagesAbout(executionArn)).to.deep.equal([]);
  });

  it('settles nothing for other statuses', async () => {
    const { executionArn, goalId } = await givenExecution();
    const answer = await handleStatusEvent(event(executionArn, 'SUCCEEDED'), given());
    expect(answer).to.deep.equal({ executionArn, status: 'RUNNING', next: 'NONE' });
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
  });

  it('takes nothing away of an execution that it could not settle', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 1, saved: [0] });
    const on = refusing(db, (before) => (before === 0 ? cancelled('ConditionalCheckFailed', 'None') : undefined));
    await handleStatusEvent(event(executionArn, 'FAILED'), given(undefined, on));
    expect(await tasksOf(goalId)).to.have.length(3);
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
    const [caught, cut] = [await givenExecution({ actionCount: 1 }), await givenExecution({ actionCount: 1 })];
    const RUNBOOK_URL = 'https://example.com/runbook';
    const call = async (input: object) => {
      const { url, topicArn } = topic();
      const variables = { AWS_ENDPOINT_URL_SNS: url, ALERTS_TOPIC_ARN: topicArn, RUNBOOK_URL, MESSAGE_LANGUAGE: 'ja' };
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
    const [told, ...others] = topic().messagesAbout(executionArn);
    expect(told?.message.split('\n').at(-1)).to.equal(`手順書：${RUNBOOK_URL}#execution-timed-out`);
    expect(others).to.deep.equal([]);
    const done = { status: 'TIMED_OUT', notify: 'sent', metrics: 'sent' };
    expect(await executions.get(executionArn)).to.include(done);
    expect(aws().calls).to.have.length(2);
    const { error: refused } = await call({ ...event(executionArn, 'TIMED_OUT'), source: 'aws.s3' });
    expect(refused?.name).to.equal('ValidationError');
  });
});
