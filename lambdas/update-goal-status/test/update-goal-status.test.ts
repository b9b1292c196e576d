import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { cancelled, refusing, watched } from '../../core/test/support/failing.ts';
import { cancelRequested, useTables } from '../../core/test/support/tables.ts';
import { updateGoalStatus } from '../src/update-goal-status.ts';

const runbookUrl = 'https://example.com/operations.md';
const readers = { language: 'en', runbookUrl } as const;

describe('update-goal-status', () => {
  const { db, executions, notingEnds, goalOf, givenExecution } = useTables();
  const aws = useAwsServer({ PutMetricData: () => ({}) });

  it('settles goal and record, writes the metrics, and says whom to tell, the same when it is asked again', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 2, saved: [0] });
    const counts = { savedActions: 1, failedActions: 1, taskCount: 3 };
    const input = { executionArn, goalId, status: 'PARTIALLY_SUCCEEDED', ...counts };
    const { answer } = await callOn(db, 'update-goal-status', input, aws(), {
      RUNBOOK_URL: runbookUrl,
      MESSAGE_LANGUAGE: 'en',
    });
    expect(answer).to.deep.include({ executionArn, status: 'PARTIALLY_SUCCEEDED', next: 'NOTIFY_PARTIAL' });
    const { message }: { message: string } = Object(answer).notification;
    for (const fact of ['1 of 2 actions saved', '#2', `${runbookUrl}#some-actions-failed`])
      expect(message).to.contain(fact);
    expect(await goalOf(goalId)).to.include({ status: 'partial' });
    expect(aws().calls.map(({ operation }) => operation)).to.deep.equal(['PutMetricData']);
    expect(await executions.get(executionArn)).to.include({ metrics: 'sent', notify: 'machine' });
    expect(await updateGoalStatus(executions, executionArn, readers)).to.deep.equal(answer);
  });

  it('says SUCCEED with two requests, and reports the end with record and outcomes', async () => {
    const { executionArn } = await givenExecution({ actionCount: 2, saved: [0, 1] });
    const { db: asked, commands } = watched(db);
    const { noting, ends } = notingEnds(asked);
    const settlement = await updateGoalStatus(noting, executionArn, readers);
    expect(settlement).to.deep.equal({ executionArn, status: 'SUCCEEDED', next: 'SUCCEED' });
    expect(commands).to.deep.equal(['QueryCommand', 'TransactWriteCommand']);
    expect(ends).to.have.length(1);
    expect(ends[0]?.record).to.include({ status: 'SUCCEEDED', savedActions: 2, failedActions: 0, taskCount: 6 });
    expect(ends[0]?.outcomes.map(({ outcome }) => outcome)).to.deep.equal(['SAVED', 'SAVED']);
  });

  it('does nothing, and lets nobody be told, while the execution is being cancelled', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 1, cancelled: cancelRequested() });
    expect(await updateGoalStatus(executions, executionArn, readers)).to.include({ next: 'NONE' });
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
  });

  it('fails without a record, and when that could not be closed although nobody else has closed it', async () => {
    const unknown = updateGoalStatus(executions, 'arn:aws:states:x:1:execution:m:none', readers);
    const none = { name: 'ValidationError', message: 'The execution has no record' };
    expect(await failureOf(unknown)).to.include(none);
    const { executionArn } = await givenExecution({ actionCount: 1 });
    const { noting, ends } = notingEnds(refusing(db, () => cancelled('ConditionalCheckFailed', 'None')));
    const open = { name: 'PermanentError', message: 'The execution could not be settled' };
    expect(await failureOf(updateGoalStatus(noting, executionArn, readers))).to.include(open);
    expect(ends).to.deep.equal([]);
  });
});
