import type { Database } from '@goal-activity/core/aws/database.ts';
import { finishCancel } from '@goal-activity/core/execution/cancel.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import type { AlertTools } from '@goal-activity/core/report/alert.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved } from '../../../test/support/stack/goal.ts';
import { useTopic } from '../../../test/support/stack/topic.ts';
import { failing } from '../../core/test/support/failing.ts';
import { givenSweep } from '../../core/test/support/tools.ts';
import { handleCaught, handleStatusEvent } from '../src/handle-error.ts';
import { input as isInput } from '../src/validators.generated.js';

const runbookUrl = 'https://example.com/operations.md';

const event = (executionArn: string, status: 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'SUCCEEDED', error?: string) => ({
  source: 'aws.states' as const,
  detail: { executionArn, status, error: error ?? null, cause: null },
});

describe('handle-error', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const topic = useTopic();

  function given(db: Database, now?: Date, sns?: AlertTools['sns']) {
    const { tools, ...noted } = givenSweep(db, topic(), {}, now);
    return { ...tools, ...(sns === undefined ? {} : { sns }), ...noted };
  }

  describe('from a Catch', () => {
    it('settles as FAILED with the error, and has the machine tell people', async () => {
      const execution = await givenExecution(db);
      const error = { Error: 'ValidationError', Cause: JSON.stringify({ errorMessage: 'the goal lacks actions' }) };
      const handling = given(db);
      const settlement = await handleCaught({ executionArn: execution.executionArn, error }, handling);
      expect(handling.lines).to.have.length(1);
      expect(handling.lines[0]).to.include({
        level: 'error',
        executionArn: execution.executionArn,
        errorName: 'ValidationError',
        errorMessage: 'the goal lacks actions',
      });
      expect(settlement).to.include({ status: 'FAILED', next: 'NOTIFY_FAILURE' });
      expect(settlement.notification?.message).to.contain('the goal lacks actions').and.to.contain(execution.goalId);
      expect(await executions.get(execution.executionArn)).to.include({
        error: 'ValidationError',
        cause: 'the goal lacks actions',
      });
      expect(await getGoal(db, execution.goalId)).to.include({ status: 'failed' });
    });

    it('says of a run that had succeeded already that it succeeded (rule 6)', async () => {
      const execution = await givenExecution(db, {
        actionCount: 1,
        saved: [0],
        ended: { status: 'by outcome', notify: 'machine' },
      });
      const caught = { executionArn: execution.executionArn, error: { Error: 'States.Timeout' } };
      expect(await handleCaught(caught, given(db))).to.include({ status: 'SUCCEEDED', next: 'SUCCEED' });
    });

    it('tells nobody of an execution whose claim was taken back', async () => {
      const caught = { executionArn: 'arn:aws:states:x:1:execution:m:none', error: { Error: 'ValidationError' } };
      expect(await handleCaught(caught, given(db))).to.deep.equal({
        executionArn: caught.executionArn,
        status: 'FAILED',
        next: 'NONE',
      });
    });
  });

  describe('from a status event', () => {
    it('settles a timed-out execution and sends one high-priority alert, however often the event comes (rule 4)', async () => {
      const execution = await givenExecution(db, { actionCount: 2, saved: [0] });
      const late = event(execution.executionArn, 'TIMED_OUT');
      const deliveries = [1, 2, 3, 4].map(() => given(db));
      await Promise.all(deliveries.slice(1).map((delivery) => handleStatusEvent(late, delivery)));
      await handleStatusEvent(late, given(db));
      expect(deliveries.flatMap(({ ends }) => ends)).to.have.length(1);
      expect(deliveries.flatMap(({ puts }) => puts)).to.have.length(1);
      expect(await getGoal(db, execution.goalId)).to.include({ status: 'partial' });
      expect(await executions.get(execution.executionArn)).to.include({ status: 'TIMED_OUT', notify: 'sent' });
      const messages = topic().messagesAbout(execution.executionArn);
      expect(messages).to.have.length(1);
      expect(messages[0]?.subject).to.contain('HIGH PRIORITY');
      expect(messages[0]?.attributes).to.deep.equal({ kind: 'timeout' });
      expect(messages[0]?.message.split('\n').at(-1)).to.equal(`Runbook: ${runbookUrl}#execution-timed-out`);
    });

    it('sends the alert on the next delivery when sending failed', async () => {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      topic().failNext(new Error('SNS is down'));
      await failureOf(handleStatusEvent(event(executionArn, 'ABORTED'), given(db)));
      expect(topic().messagesAbout(executionArn)).to.have.length(0);
      await handleStatusEvent(event(executionArn, 'ABORTED'), given(db));
      expect(topic().messagesAbout(executionArn)).to.have.length(1);
    });

    it('sends the alert later when the first sender died before sending', async () => {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      const now = new Date();
      const dying = given(db, now, { send: () => Promise.reject(new Error('died')) });
      await failureOf(handleStatusEvent(event(executionArn, 'ABORTED'), dying));
      await handleStatusEvent(event(executionArn, 'ABORTED'), given(db, new Date(now.getTime() + 61_000)));
      expect(topic().messagesAbout(executionArn)).to.have.length(1);
    });

    it('stays silent when the machine has told people already', async () => {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      await handleCaught({ executionArn, error: { Error: 'ValidationError' } }, given(db));
      await handleStatusEvent(event(executionArn, 'FAILED', 'WorkflowFailed'), given(db));
      expect(topic().messagesAbout(executionArn)).to.have.length(0);
      // Known from here on: the sweep need not ask.
      expect(await executions.get(executionArn))
        .to.include({ notify: 'sent', metrics: 'sent' })
        .and.include({ runningShard: 'UNARCHIVED' });
    });

    it('tells people of what was stopped by hand with an error that the machine has too', async () => {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      await handleCaught({ executionArn, error: { Error: 'ValidationError' } }, given(db));
      await handleStatusEvent(event(executionArn, 'ABORTED', 'WorkflowFailed'), given(db));
      expect(topic().messagesAbout(executionArn)).to.have.length(1);
    });

    it('writes the metrics of what others settled and did not count, once, as of a cancel through the API', async () => {
      const { executionArn, record } = await givenExecution(db, {
        actionCount: 2,
        cancelled: { cancelRequestedAt: new Date().toISOString() },
      });
      await finishCancel(executions, { ...record, cancelRequestedAt: new Date().toISOString() });
      const handlings = [1, 2, 3].map(() => given(db));
      await Promise.all(handlings.map((each) => handleStatusEvent(event(executionArn, 'ABORTED', 'ABORT'), each)));
      const puts = handlings.flatMap((each) => each.puts);
      expect(puts).to.have.length(1);
      expect(puts[0]?.MetricData?.find(({ MetricName }) => MetricName === 'ExecutionsAborted')?.Value).to.equal(1);
      expect(await executions.get(executionArn))
        .to.include({ metrics: 'sent', notify: 'none' })
        .and.include({ runningShard: 'UNARCHIVED' });
      const again = given(
        failing(db, (command) => (/^(Get|Query)/.test(command) ? undefined : new Error(`${command} is not expected`))),
      );
      await handleStatusEvent(event(executionArn, 'ABORTED', 'ABORT'), again);
      expect(again.puts).to.deep.equal([]);
      expect(topic().messagesAbout(executionArn)).to.deep.equal([]);
    });

    it('tells people itself when the machine died before it could', async () => {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      await handleCaught({ executionArn, error: { Error: 'ValidationError' } }, given(db));
      await handleStatusEvent(event(executionArn, 'FAILED', 'SNS.NotFoundException'), given(db));
      await handleStatusEvent(event(executionArn, 'FAILED', 'SNS.NotFoundException'), given(db));
      expect(topic().messagesAbout(executionArn)).to.have.length(1);
    });

    it('leaves the execution to the sweep when the machine died and SNS does not answer', async () => {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      await handleCaught({ executionArn, error: { Error: 'ValidationError' } }, given(db));
      expect(await executions.get(executionArn)).to.include({ notify: 'machine', runningShard: 'RUNNING' });
      topic().failNext(new Error('SNS is down'));
      await failureOf(handleStatusEvent(event(executionArn, 'FAILED', 'SNS.NotFoundException'), given(db)));
      expect(await executions.get(executionArn)).to.include({ notify: 'pending', runningShard: 'RUNNING' });
    });

    it('finishes a cancel that died half-way, and alerts nobody: the user wanted it', async () => {
      const execution = await givenExecution(db, {
        actionCount: 3,
        saved: [0, 1],
        cancelled: { cancelRequestedAt: new Date().toISOString() },
      });
      const { executionArn } = execution;
      expect(await handleStatusEvent(event(executionArn, 'ABORTED', 'ABORT'), given(db))).to.deep.equal({
        executionArn,
        status: 'ABORTED',
        next: 'NONE',
      });
      expect(await listTasks(db, execution.goalId)).to.deep.equal([]);
      expect(await getGoal(db, execution.goalId)).to.include({ status: 'draft' });
      expect(topic().messagesAbout(execution.executionArn)).to.have.length(0);
    });

    it('says of a cancelled execution whose record is removed meanwhile what the event says', async () => {
      const { executionArn, record } = await givenExecution(db, { actionCount: 1 });
      const gone = `${executionArn}-gone`;
      const cancelling = { ...record, executionArn: gone, cancelRequestedAt: new Date().toISOString() };
      const tools = given(db);
      Object.assign(tools.executions, { read: async () => ({ record: cancelling, outcomes: [] }) });
      expect(await handleStatusEvent(event(gone, 'FAILED'), tools)).to.deep.equal({
        executionArn: gone,
        status: 'FAILED',
        next: 'NONE',
      });
    });

    for (const [status, cause] of [
      ['FAILED', 'The execution failed.'],
      ['TIMED_OUT', 'The execution did not end within its time limit.'],
      ['ABORTED', 'The execution was stopped from outside.'],
    ] as const) {
      it(`writes of ${status} why, in words where the event has none, and logs that the alert was sent`, async () => {
        const { executionArn, goalId } = await givenExecution(db, { actionCount: 1 });
        const handling = given(db);
        await handleStatusEvent(event(executionArn, status), handling);
        expect(await executions.get(executionArn)).to.include({ status, error: status, cause });
        expect(handling.lines).to.have.length(1);
        expect(handling.lines[0]).to.include({ level: 'error', executionArn, goalId, status, errorName: status });
        const again = given(db);
        await handleStatusEvent(event(executionArn, status), again);
        expect(again.lines).to.deep.equal([]);
      });
    }

    it('sends no second alert, however late the event comes again, and none of a success', async () => {
      const later = new Date(Date.now() + 600_000);
      const [failed, succeeded] = [
        await givenExecution(db, { actionCount: 1 }),
        await givenExecution(db, { actionCount: 1 }),
      ];
      await handleStatusEvent(event(failed.executionArn, 'TIMED_OUT'), given(db));
      await handleStatusEvent(event(failed.executionArn, 'TIMED_OUT'), given(db, later));
      expect(topic().messagesAbout(failed.executionArn)).to.have.length(1);
      await givenSaved(db, succeeded, [0]);
      await settle(executions, succeeded.executionArn, { status: 'by outcome', notify: 'machine' });
      await handleStatusEvent(event(succeeded.executionArn, 'FAILED', 'States.Runtime'), given(db, later));
      expect(topic().messagesAbout(succeeded.executionArn)).to.deep.equal([]);
    });

    it('logs the status where nobody knows an error', async () => {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      // It came to its last step, and died before it told people.
      await settle(executions, executionArn, { status: 'by outcome', notify: 'machine' });
      const handling = given(db);
      await handleStatusEvent(event(executionArn, 'FAILED', 'SNS.NotFoundException'), handling);
      expect(handling.lines[0]).to.include({ status: 'FAILED', errorName: 'FAILED' });
    });

    it('keeps error and cause that the event has', async () => {
      const { executionArn } = await givenExecution(db, { actionCount: 1 });
      const { source } = event(executionArn, 'FAILED');
      const detail = { executionArn, status: 'FAILED' as const, error: 'States.Runtime', cause: 'no input' };
      await handleStatusEvent({ source, detail }, given(db));
      expect(await executions.get(executionArn)).to.include({ error: 'States.Runtime', cause: 'no input' });
    });

    it('stays silent about what the machine had nothing to say of, and tells of what died without an error', async () => {
      for (const [error, messages] of [
        ['AlreadySettled', 0],
        [undefined, 1],
      ] as const) {
        const { executionArn } = await givenExecution(db, { actionCount: 1 });
        await handleCaught({ executionArn, error: { Error: 'ValidationError' } }, given(db));
        await handleStatusEvent(event(executionArn, 'FAILED', error), given(db));
        expect(topic().messagesAbout(executionArn)).to.have.length(messages);
      }
    });

    it('logs the event of an execution without a record, and answers its status', async () => {
      const handling = given(db);
      const executionArn = 'arn:aws:states:x:1:execution:m:none';
      expect(await handleStatusEvent(event(executionArn, 'FAILED'), handling)).to.deep.equal({
        executionArn,
        status: 'FAILED',
        next: 'NONE',
      });
      expect(handling.lines).to.have.length(1);
      expect(handling.lines[0]).to.include({ level: 'warn', executionArn, status: 'FAILED' });
    });

    it('does nothing for other statuses and for strangers', async () => {
      const execution = await givenExecution(db);
      const { executionArn } = execution;
      expect(await handleStatusEvent(event(executionArn, 'SUCCEEDED'), given(db))).to.deep.equal({
        executionArn,
        status: 'RUNNING',
        next: 'NONE',
      });
      expect(await getGoal(db, execution.goalId)).to.include({ status: 'processing' });
      expect(await handleStatusEvent(event('arn:aws:states:x:1:execution:m:none', 'FAILED'), given(db))).to.include({
        next: 'NONE',
      });
    });
  });

  it('accepts the whole event that EventBridge delivers', () => {
    const whole = {
      version: '0',
      id: '315c1398-40ff-a850-213b-158f73e60175',
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account: '123456789012',
      time: '2026-11-24T00:00:00Z',
      region: 'ap-northeast-1',
      resources: ['arn:aws:states:ap-northeast-1:123456789012:execution:m:e'],
      detail: {
        executionArn: 'arn:aws:states:ap-northeast-1:123456789012:execution:m:e',
        stateMachineArn: 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:m',
        name: 'e',
        status: 'TIMED_OUT',
        startDate: 1551225271984,
        stopDate: 1551225571984,
        input: '{}',
        output: null,
        error: null,
        cause: null,
        inputDetails: { included: true },
        outputDetails: null,
      },
    };
    expect(isInput(whole)).to.equal(true);
    expect(isInput({ source: 'aws.s3', detail: whole.detail })).to.equal(false);
  });
});
