import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { noteEnds } from '../../core/test/support/ends.ts';
import { failing, cancelled as refused } from '../../core/test/support/failing.ts';
import { updateGoalStatus } from '../src/update-goal-status.ts';

const runbookUrl = 'https://example.com/operations.md';

describe('update-goal-status', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const aws = useAwsServer({ PutMetricData: () => ({}) });

  /** Settles as the last step of a run, noting what it reports once. */
  function given(on = db) {
    const { onEnded, ends } = noteEnds();
    const run = (executionArn: string) =>
      updateGoalStatus(executionsOf(on, undefined, onEnded), executionArn, runbookUrl);
    return { ends, run };
  }
  /** An execution of which the first action is saved, if so wanted, and the others failed with an error. */
  async function givenFailed(actionCount: number, error: string, saved = [0]) {
    const execution = await givenExecution(db, { actionCount, saved });
    for (let position = saved.length; position < actionCount; position += 1)
      await executions.endOutcome(execution.executionArn, position, { outcome: 'FAILED', error, reason: 'r' });
    return execution;
  }

  it('settles goal and record, writes the metrics, and says whom to tell', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 2, saved: [0] });
    const counts = { savedActions: 1, failedActions: 1, taskCount: 3 };
    const input = { executionArn, goalId, status: 'PARTIALLY_SUCCEEDED', ...counts };
    const { answer } = await callOn(db, 'update-goal-status', input, aws(), { RUNBOOK_URL: runbookUrl });
    expect(answer).to.deep.include({ executionArn, status: 'PARTIALLY_SUCCEEDED', next: 'NOTIFY_PARTIAL' });
    expect(JSON.stringify(answer)).to.contain(`${runbookUrl}#`);
    expect(await getGoal(db, goalId)).to.include({ status: 'partial' });
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['PutMetricData']);
    expect(await executions.get(executionArn)).to.include({ metrics: 'sent', notify: 'machine' });
  });

  it('says SUCCEED with two requests, and reports the end with record and outcomes', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 2, saved: [0, 1] });
    const commands: string[] = [];
    const { run, ends } = given(failing(db, (command) => void commands.push(command)));
    expect(await run(executionArn)).to.deep.equal({ executionArn, status: 'SUCCEEDED', next: 'SUCCEED' });
    expect(commands).to.deep.equal(['QueryCommand', 'TransactWriteCommand']);
    expect(ends).to.have.length(1);
    expect(ends[0]?.record).to.include({ status: 'SUCCEEDED', savedActions: 2, failedActions: 0, taskCount: 6 });
    expect(ends[0]?.outcomes.map(({ outcome }) => outcome)).to.deep.equal(['SAVED', 'SAVED']);
  });

  it('gives the same answer, with the message for people, when it is asked again', async () => {
    const { executionArn } = await givenFailed(2, 'PermanentError');
    const { run, ends } = given();
    const first = await run(executionArn);
    expect(first).to.include({ status: 'PARTIALLY_SUCCEEDED', next: 'NOTIFY_PARTIAL' });
    const { message = '' } = first.notification ?? {};
    for (const fact of ['1 of 2 actions saved', '#2', 'PermanentError']) expect(message).to.contain(fact);
    expect(message.split('\n').at(-1)).to.equal(`Runbook: ${runbookUrl}#some-actions-failed`);
    expect(await run(executionArn)).to.deep.equal(first);
    expect(ends).to.have.length(1);
  });

  for (const [error, saved, next, goalStatus] of [
    ['TransientError', [0], 'ESCALATE_PARTIAL', 'partial'],
    ['PermanentError', [], 'NOTIFY_FAILURE', 'failed'],
  ] as const) {
    it(`says ${next} when several actions failed with ${error} and ${saved.length} was saved (requirement 8)`, async () => {
      const { executionArn, goalId } = await givenFailed(4, error, [...saved]);
      expect(await given().run(executionArn)).to.include({ next });
      expect(await getGoal(db, goalId)).to.include({ status: goalStatus });
    });
  }

  it('does nothing, and lets nobody be told, while the execution is being cancelled', async () => {
    const cancelled = { cancelRequestedAt: new Date().toISOString() };
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 1, cancelled });
    expect(await given().run(executionArn)).to.include({ next: 'NONE' });
    expect(await getGoal(db, goalId)).to.include({ status: 'processing' });
  });

  it('fails without a record, and when that could not be closed although nobody else has closed it', async () => {
    const none = { name: 'ValidationError', message: 'The execution has no record' };
    expect(await failureOf(given().run('arn:aws:states:x:1:execution:m:none'))).to.include(none);
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    const refusing = failing(db, (command) =>
      command === 'TransactWriteCommand' ? refused('ConditionalCheckFailed', 'None') : undefined,
    );
    const { run, ends } = given(refusing);
    const open = { name: 'PermanentError', message: 'The execution could not be settled' };
    expect(await failureOf(run(executionArn))).to.include(open);
    expect(ends).to.deep.equal([]);
  });
});
