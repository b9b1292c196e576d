import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { saveInput } from '../../../../test/support/stack/goal.ts';
import { saveTasks } from '../../../save-tasks/src/save-tasks.ts';
import { updateOf } from '../../src/aws/update.ts';
import { goalStatusAfter, settle, statusByOutcome } from '../../src/execution/settle.ts';
import { GOAL } from '../../src/goal/rows.ts';
import { readCounts } from '../../src/goal/task-counts.ts';
import type { GoalStatus } from '../../src/types.ts';
import { BY_OUTCOME, cancelRequested, useTables, withPart } from '../support/tables.ts';

const counts = (saved: number, total = 3) => ({ saved, total, processed: total, failed: total - saved, tasks: saved });

describe('what an end means', () => {
  it('for the record: all, some or none saved', () => {
    const statuses = [3, 2, 0].map((saved) => statusByOutcome(counts(saved)));
    expect(statuses).to.deep.equal(['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED']);
  });

  it('for the goal: saved tasks are kept, and tasks from before count', () => {
    const after = (goalStatusBefore: GoalStatus, actionsLeftOut = 0) =>
      [3, 2, 0].map((saved) => goalStatusAfter(counts(saved), { goalStatusBefore, actionsLeftOut }));
    expect(after('draft')).to.deep.equal(['active', 'partial', 'failed']);
    expect(after('partial')).to.deep.equal(['active', 'partial', 'partial']);
    expect(after('active')).to.deep.equal(['active', 'partial', 'active']);
    expect(after('failed', 1)).to.deep.equal(['partial', 'partial', 'failed']);
  });
});

describe('settle', () => {
  const { db, executions, executionsAt, notingEnds, goalOf, tasksOf, givenExecution } = useTables();
  const FAILED = { status: 'FAILED', notify: 'machine' } as const;
  const outcomesOf = async (executionArn: string) =>
    (await executions.outcomes(executionArn)).map(({ outcome, error, reason }) => [outcome, error, reason]);

  it('counts from the outcomes, closes the record and frees the goal, at the time of the end (rule 6)', async () => {
    const { executionArn, goalId, record } = await givenExecution({ actionCount: 3, saved: [0, 2] });
    await executions.endOutcome(executionArn, 1, { outcome: 'FAILED', error: 'PermanentError', reason: 'denied' });
    const now = new Date(Date.now() + 5_000);
    const settled = await settle(executionsAt(now), executionArn, BY_OUTCOME);
    expect(settled).to.deep.include({
      status: 'PARTIALLY_SUCCEEDED',
      currentState: 'Ended',
      stoppedAt: now.toISOString(),
      savedActions: 2,
      failedActions: 1,
      processedActions: 3,
      taskCount: 6,
      progressPercentage: 100,
      estimatedSecondsRemaining: 0,
      progressAt: now.toISOString(),
      usage: { aiCalls: 2, inputTokens: 200, outputTokens: 100 },
      summary: '2 of 3 actions saved with 6 tasks, 1 failed.',
      version: record.version + 1,
    });
    // What it gives is what it wrote.
    expect(await executions.get(executionArn)).to.deep.equal(settled);
    const counted = { taskCount: 6, doneTaskCount: 0 };
    expect(await goalOf(goalId)).to.include({
      status: 'partial',
      version: 3,
      updatedAt: now.toISOString(),
      ...counted,
    });
    expect((await outcomesOf(executionArn))[1]).to.deep.equal(['FAILED', 'PermanentError', 'denied']);
  });

  it('keeps what was saved and fences the rest when the execution was cut off (rules 2 and 4)', async () => {
    const execution = await givenExecution({ actionCount: 4, saved: [1] });
    const { executionArn, goalId } = execution;
    const end = { status: 'TIMED_OUT', error: 'States.Timeout', cause: 'too long', notify: 'pending' } as const;
    expect(await settle(executions, executionArn, end)).to.include({ ...end, savedActions: 1, failedActions: 3 });
    expect(await goalOf(goalId)).to.include({ status: 'partial' });
    const late = await failureOf(saveTasks(executions, saveInput(execution, 2), 300_000));
    expect(late.name).to.equal('PermanentError');
    expect(await tasksOf(goalId)).to.have.length(3);
  });

  it('is done by one of many that try at once, and tells all the same end (rule 4)', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 8 });
    const { noting, ends, goalStatuses } = notingEnds();
    const attempts = (['FAILED', 'TIMED_OUT', 'ABORTED'] as const).flatMap((status) => [status, status, status]);
    const records = await Promise.all(
      attempts.map((status) => settle(noting, executionArn, { status, notify: 'pending' })),
    );
    expect(ends).to.have.length(1);
    expect(goalStatuses).to.deep.equal(['failed']);
    expect(new Set(records.map((record) => record?.status))).to.deep.equal(new Set([ends[0]?.record.status]));
    expect(await goalOf(goalId)).to.include({ status: 'failed', version: 3 });
  });

  for (const [end, notify] of [
    [BY_OUTCOME, 'none'],
    [FAILED, 'machine'],
    [{ status: 'TIMED_OUT', notify: 'pending' }, 'pending'],
  ] as const) {
    it(`keeps an execution that ends ${end.status} in the sweep's index: its metrics are due, and ${notify} says who tells people`, async () => {
      const { executionArn } = await givenExecution({ actionCount: 1, saved: [0] });
      const record = await settle(executions, executionArn, end);
      expect(withPart(record)).to.include({ runningShard: 'RUNNING', metrics: 'pending', notify });
      // Once settled, nothing changes it.
      expect(await settle(executions, executionArn, { status: 'ABORTED', notify: 'pending' })).to.deep.equal(record);
    });
  }

  it('closes the record alone when the goal is no longer held by the execution, or by another one, and reports one end', async () => {
    const { executionArn: another } = await givenExecution();
    for (const changed of [
      { set: { status: 'draft' }, remove: ['executionArn'] },
      { set: { status: 'processing', executionArn: another } },
    ]) {
      const { executionArn, goalId } = await givenExecution();
      const Key = { goalId, sk: GOAL };
      await db.client.send(new UpdateCommand(updateOf({ TableName: db.goals, Key, ...changed })));
      const { noting, ends, goalStatuses } = notingEnds();
      const records = await Promise.all([1, 2, 3, 4].map(() => settle(noting, executionArn, FAILED)));
      expect(records.map((record) => record?.status)).to.deep.equal(Array(4).fill('FAILED'));
      expect(ends).to.have.length(1);
      // What is not known of a goal that another execution holds, or none, is not said.
      expect(goalStatuses).to.deep.equal([undefined]);
      expect(await goalOf(goalId)).to.include(changed.set);
    }
  });

  it('ends an execution no earlier than its last action, which may have been saved while it was settled', async () => {
    const execution = await givenExecution({ actionCount: 2 });
    const later = new Date(Date.now() + 5_000);
    await saveTasks(executionsAt(later), saveInput(execution, 0), 300_000);
    const record = await settle(executions, execution.executionArn, FAILED);
    expect(record).to.include({ stoppedAt: later.toISOString() });
  });

  it('counts nothing in a goal from before its tasks were counted: they are counted by whoever looks', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 1, saved: [0] });
    const Key = { goalId, sk: GOAL };
    const remove = ['taskCount', 'doneTaskCount'];
    await db.client.send(new UpdateCommand(updateOf({ TableName: db.goals, Key, remove })));
    expect(await settle(executions, executionArn, BY_OUTCOME)).to.include({ status: 'SUCCEEDED' });
    const goal = await goalOf(goalId);
    expect(goal)
      .to.include({ status: 'active' })
      .and.not.have.any.keys(...remove);
    if (goal) expect(await readCounts(db, goal)).to.deep.equal({ taskCount: 3, doneTaskCount: 0 });
  });

  it('leaves an execution that is being cancelled to the cancel', async () => {
    const { executionArn, goalId } = await givenExecution({ actionCount: 2, cancelled: cancelRequested() });
    expect(await settle(executions, executionArn, BY_OUTCOME)).to.include({ status: 'RUNNING' });
    expect((await outcomesOf(executionArn)).map(([outcome]) => outcome)).to.deep.equal(['PENDING', 'PENDING']);
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
  });

  it('knows nothing of an execution without a record', async () => {
    expect(await settle(executions, 'arn:aws:states:x:1:execution:m:none', FAILED)).to.equal(undefined);
  });

  const [E, C] = ['E'.repeat(300), 'c'.repeat(1_100)];
  const [failed, late, aborted, early] = [
    'The execution failed.',
    'The execution did not end within its time limit.',
    'The execution was stopped from outside.',
    'The execution ended before this action.',
  ];
  const told = { ...FAILED, error: E, cause: C };
  const cutOff = [E.slice(0, 100), C.slice(0, 300)];
  for (const [what, end, why, ofActions = why] of [
    ['what it is told, as far as there is room', told, [E.slice(0, 256), C.slice(0, 1_000)], cutOff],
    ['in words, when Step Functions says nothing', FAILED, ['FAILED', failed]],
    ['in words, when it says nothing twice', { ...FAILED, error: '', cause: '' }, ['FAILED', failed]],
    ['in words, of a time-out', { ...FAILED, status: 'TIMED_OUT' }, ['TIMED_OUT', late]],
    ['in words, when it was stopped', { ...FAILED, status: 'ABORTED' }, ['ABORTED', aborted]],
    ['nothing of a run that came to its last step', BY_OUTCOME, [undefined, undefined], ['ExecutionEnded', early]],
  ] as const) {
    it(`says why, of the record and of the actions that it cut off: ${what}`, async () => {
      const { executionArn } = await givenExecution({ actionCount: 1 });
      const record = await settle(executions, executionArn, end);
      expect([record?.error, record?.cause]).to.deep.equal(why);
      expect(await outcomesOf(executionArn)).to.deep.equal([['FAILED', ...ofActions]]);
    });
  }
});
