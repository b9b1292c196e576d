import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution, givenSaved, saveInput } from '../../../../test/support/stack/goal.ts';
import { useTopic } from '../../../../test/support/stack/topic.ts';
import { saveTasks } from '../../../save-tasks/src/save-tasks.ts';
import { goalStatusAfterCancel } from '../../src/execution/cancel.ts';
import { goalStatusAfter, settle, statusByOutcome } from '../../src/execution/settle.ts';
import { GOAL, getGoal } from '../../src/goal/rows.ts';
import { listTasks } from '../../src/goal/tasks.ts';
import { noteEnds } from '../support/ends.ts';
import { cancelled, failing } from '../support/failing.ts';

const counts = (saved: number, total: number) => ({
  saved,
  total,
  processed: total,
  failed: total - saved,
  tasks: saved,
});

describe('what an end means', () => {
  it('for the record: all, some or none saved', () => {
    expect([counts(3, 3), counts(2, 3), counts(0, 3)].map(statusByOutcome)).to.deep.equal([
      'SUCCEEDED',
      'PARTIALLY_SUCCEEDED',
      'FAILED',
    ]);
  });

  it('for the goal: saved tasks are kept, and tasks from before count', () => {
    expect(goalStatusAfter(counts(3, 3), 'draft')).to.equal('active');
    expect(goalStatusAfter(counts(2, 3), 'draft')).to.equal('partial');
    expect(goalStatusAfter(counts(0, 3), 'draft')).to.equal('failed');
    expect(goalStatusAfter(counts(0, 3), 'partial')).to.equal('partial');
    expect(goalStatusAfter(counts(3, 3), 'partial')).to.equal('active');
  });
});

describe('what a cancel means for the goal', () => {
  it('is that tasks from before count, and nothing else (rule 7)', () => {
    expect((['draft', 'failed', 'partial'] as const).map(goalStatusAfterCancel)).to.deep.equal([
      'draft',
      'draft',
      'partial',
    ]);
  });
});

describe('settle', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const _topic = useTopic();

  it('counts from the outcomes, closes the record and frees the goal (rule 6)', async () => {
    const execution = await givenExecution(db, { actionCount: 3 });
    await givenSaved(db, execution, [0, 1, 2]);
    const record = await settle(executions, execution.executionArn, { status: 'by outcome', notify: 'machine' });
    expect(record).to.include({
      status: 'SUCCEEDED',
      savedActions: 3,
      failedActions: 0,
      processedActions: 3,
      taskCount: 9,
      notify: 'none',
    });
    expect(record?.stoppedAt).to.be.a('string');
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'active', version: 3 });
  });

  it('keeps what was saved and fences the rest when the execution was cut off (rules 2 and 4)', async () => {
    const execution = await givenExecution(db, { actionCount: 4 });
    await givenSaved(db, execution, [1]);
    const end = { status: 'TIMED_OUT', error: 'States.Timeout', cause: 'too long', notify: 'pending' } as const;
    const record = await settle(executions, execution.executionArn, end);
    expect(record).to.include({
      status: 'TIMED_OUT',
      savedActions: 1,
      failedActions: 3,
      notify: 'pending',
      error: 'States.Timeout',
    });
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'partial' });
    expect((await failureOf(saveTasks(executions, saveInput(execution, 2), 300_000))).name).to.equal('PermanentError');
    expect(await listTasks(db, execution.goalId)).to.have.length(3);
  });

  it('is done by one of many that try at once, and tells all the same end (rule 4)', async () => {
    const execution = await givenExecution(db, { actionCount: 8 });
    const statuses = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;
    const { onEnded, ends } = noteEnds();
    const records = await Promise.all(
      Array.from({ length: 9 }, (_, index) => {
        const status = statuses[index % 3] ?? 'FAILED';
        return settle(executionsOf(db, undefined, onEnded), execution.executionArn, { status, notify: 'pending' });
      }),
    );
    expect(ends).to.have.length(1);
    expect(ends[0]?.record.status).to.equal(records[0]?.status);
    expect(new Set(records.map((record) => record?.status)).size).to.equal(1);
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'failed', version: 3 });
  });

  for (const [end, notify] of [
    [{ status: 'by outcome', notify: 'machine' }, 'none'],
    [{ status: 'FAILED', notify: 'machine' }, 'machine'],
    [{ status: 'TIMED_OUT', notify: 'pending' }, 'pending'],
  ] as const) {
    it(`keeps an execution that ends ${end.status} in the sweep's index: its metrics are due, and ${notify} says who tells people`, async () => {
      const execution = await givenExecution(db, { actionCount: 1 });
      await givenSaved(db, execution, [0]);
      const record = await settle(executions, execution.executionArn, end);
      expect(record).to.include({ runningShard: 'RUNNING', metrics: 'pending', notify });
    });
  }

  it('closes the record alone when the goal is no longer held by the execution, and reports one end', async () => {
    const { executionArn, goalId } = await givenExecution(db);
    await db.client.send(
      new UpdateCommand({
        TableName: db.goals,
        Key: { goalId, sk: GOAL },
        UpdateExpression: 'SET #status = :draft REMOVE executionArn',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':draft': 'draft' },
      }),
    );
    const { onEnded, ends } = noteEnds();
    const end = { status: 'ABORTED', notify: 'pending' } as const;
    const records = await Promise.all(
      [1, 2, 3, 4].map(() => settle(executionsOf(db, undefined, onEnded), executionArn, end)),
    );
    expect(records.map((record) => record?.status)).to.deep.equal(Array(4).fill('ABORTED'));
    expect(ends).to.have.length(1);
    expect(await getGoal(db, goalId)).to.include({ status: 'draft' });
  });

  it('ends an execution no earlier than its last action, which may have been saved while it was settled', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    const later = new Date(Date.now() + 5_000);
    await saveTasks(executionsOf(db, later), saveInput(execution, 0), 300_000);
    const end = { status: 'ABORTED', notify: 'pending' } as const;
    const record = await settle(executions, execution.executionArn, end);
    expect(record).to.include({ status: 'ABORTED', stoppedAt: later.toISOString() });
  });

  it('changes nothing once settled', async () => {
    const execution = await givenExecution(db, { actionCount: 1 });
    await givenSaved(db, execution, [0]);
    const first = await settle(executions, execution.executionArn, { status: 'by outcome', notify: 'machine' });
    const again = await settle(executions, execution.executionArn, { status: 'ABORTED', notify: 'pending' });
    expect(again).to.deep.equal(first);
  });

  it('leaves an execution that is being cancelled to the cancel', async () => {
    const execution = await givenExecution(db);
    await executions.changeOpen(execution.executionArn, { cancelRequestedAt: new Date().toISOString() });
    const record = await settle(executions, execution.executionArn, { status: 'by outcome', notify: 'machine' });
    expect(record?.status).to.equal('RUNNING');
    expect((await executions.outcomes(execution.executionArn)).map(({ outcome }) => outcome)).to.deep.equal([
      'PENDING',
      'PENDING',
      'PENDING',
    ]);
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'processing' });
  });

  it('knows nothing of an execution without a record', async () => {
    expect(
      await settle(executions, 'arn:aws:states:x:1:execution:m:none', {
        status: 'FAILED',
        notify: 'pending',
      }),
    ).to.equal(undefined);
  });

  it('does not lose a failure that was recorded before', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    await executions.endOutcome(execution.executionArn, 0, {
      outcome: 'FAILED',
      error: 'PermanentError',
      reason: 'denied',
    });
    await givenSaved(db, execution, [1]);
    await settle(executions, execution.executionArn, { status: 'by outcome', notify: 'machine' });
    expect(await executions.get(execution.executionArn)).to.include({
      status: 'PARTIALLY_SUCCEEDED',
      notify: 'machine',
    });
    expect((await executions.outcomes(execution.executionArn))[0]).to.include({
      error: 'PermanentError',
      reason: 'denied',
    });
  });

  it('passes on any other fault, and reports no end', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    const { onEnded, ends } = noteEnds();
    const end = { status: 'FAILED', notify: 'machine' } as const;
    for (const fault of [new Error('gone'), cancelled('None', 'TransactionConflict')]) {
      const broken = failing(db, (command) => (command === 'TransactWriteCommand' ? fault : undefined));
      expect(await failureOf(settle(executionsOf(broken, undefined, onEnded), executionArn, end))).to.equal(fault);
    }
    expect(ends).to.deep.equal([]);
  });

  it('says why of the actions that it cut off, and in the record, as far as there is room', async () => {
    const told = await givenExecution(db, { actionCount: 1 });
    const end = { status: 'FAILED', notify: 'machine' } as const;
    const long = { ...end, error: 'E'.repeat(300), cause: 'c'.repeat(1_100) };
    expect(await settle(executions, told.executionArn, long)).to.include({
      error: 'E'.repeat(256),
      cause: 'c'.repeat(1_000),
    });
    expect((await executions.outcomes(told.executionArn))[0]).to.include({
      outcome: 'FAILED',
      error: 'E'.repeat(100),
      reason: 'c'.repeat(300),
    });
  });

  for (const [status, cause] of [
    ['FAILED', 'The execution failed.'],
    ['TIMED_OUT', 'The execution did not end within its time limit.'],
    ['ABORTED', 'The execution was stopped from outside.'],
  ] as const) {
    it(`says of ${status} why, in words, when Step Functions does not`, async () => {
      for (const silence of [{}, { error: '', cause: '' }]) {
        const { executionArn } = await givenExecution(db, { actionCount: 1 });
        const end = { status, ...silence, notify: 'machine' } as const;
        expect(await settle(executions, executionArn, end)).to.include({ error: status, cause });
        expect((await executions.outcomes(executionArn))[0]).to.include({ error: status, reason: cause });
      }
    });
  }

  it('has no error of its own for a run that came to its last step', async () => {
    const { executionArn } = await givenExecution(db, { actionCount: 1 });
    const end = { status: 'by outcome', notify: 'machine' } as const;
    expect(await settle(executions, executionArn, end)).not.to.have.any.keys('error', 'cause');
    expect((await executions.outcomes(executionArn))[0]).to.include({
      error: 'ExecutionEnded',
      reason: 'The execution ended before this action.',
    });
  });

  it('writes what was used and what came of it, at the time of the end', async () => {
    const execution = await givenExecution(db, { actionCount: 3 });
    await givenSaved(db, execution, [0, 2]);
    const now = new Date(Date.now() + 5_000);
    const end = { status: 'by outcome', notify: 'machine' } as const;
    expect(await settle(executionsOf(db, now), execution.executionArn, end)).to.deep.include({
      stoppedAt: now.toISOString(),
      currentState: 'Ended',
      processedActions: 3,
      usage: { aiCalls: 2, inputTokens: 200, outputTokens: 100 },
      summary: '2 of 3 actions saved with 6 tasks, 1 failed.',
      version: execution.record.version + 2,
    });
    expect(await getGoal(db, execution.goalId)).to.include({ updatedAt: now.toISOString() });
  });
});
