import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { type GivenExecution, givenExecution, givenSaved, saveInput } from '../../../../test/support/stack/goal.ts';
import { saveTasks } from '../../../save-tasks/src/save-tasks.ts';
import type { Database } from '../../src/aws/database.ts';
import { finishCancel, removeSavedItems } from '../../src/execution/cancel.ts';
import { settle } from '../../src/execution/settle.ts';
import { getGoal } from '../../src/goal/rows.ts';
import { listTasks } from '../../src/goal/tasks.ts';
import type { ExecutionRow } from '../../src/types.ts';
import { noteEnds } from '../support/ends.ts';
import { beforeEachCall, cancelled, failing } from '../support/failing.ts';

async function requestCancel(db: Database, { executionArn }: GivenExecution): Promise<ExecutionRow> {
  await executionsOf(db).changeOpen(executionArn, {
    cancelRequestedAt: new Date().toISOString(),
    cancelReason: 'changed my mind',
  });
  const record = await executionsOf(db).get(executionArn);
  if (record === undefined) throw new Error('no record');
  return record;
}

describe('finishCancel', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  it('removes every task of the execution, fences the rest and puts the goal back to draft', async () => {
    const execution = await givenExecution(db, { actionCount: 16 });
    await givenSaved(db, execution, [0, 3, 5, 15]);
    const record = await finishCancel(executions, await requestCancel(db, execution));
    expect(record).to.include({
      status: 'ABORTED',
      error: 'ABORT',
      cause: 'changed my mind',
      taskCount: 0,
      savedActions: 0,
      notify: 'none',
    });
    expect(await listTasks(db, execution.goalId)).to.deep.equal([]);
    expect(new Set((await executions.outcomes(execution.executionArn)).map(({ outcome }) => outcome))).to.deep.equal(
      new Set(['CANCELLED']),
    );
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'draft' });
  });

  it('leaves no task behind although saves are in flight all the while (rule 2)', async () => {
    const execution = await givenExecution(db, { actionCount: 64 });
    const saves = execution.actions.map(({ position }) =>
      saveTasks(executions, saveInput(execution, position), 300_000).catch((error: Error) => error.name),
    );
    await finishCancel(executions, await requestCancel(db, execution));
    const results = await Promise.all(saves);
    expect(results.every((result) => result === 'PermanentError' || typeof result === 'object')).to.equal(true);
    expect(await listTasks(db, execution.goalId)).to.deep.equal([]);
  });

  it('takes away nothing that another execution made, and leaves such a goal partial (rule 7)', async () => {
    const first = await givenExecution(db, { actionCount: 3 });
    await givenSaved(db, first, [0]);
    await settle(executions, first.executionArn, { status: 'by outcome', notify: 'machine' });
    const kept = await listTasks(db, first.goalId);
    const second = await givenExecution(db, { goalId: first.goalId, only: [1, 2] });
    await givenSaved(db, second, [1]);
    await finishCancel(executions, await requestCancel(db, second));
    expect(await listTasks(db, first.goalId)).to.deep.equal(kept);
    expect(await getGoal(db, first.goalId)).to.include({ status: 'partial' });
  });

  it('can be repeated, and run by several at once; one of them reports the end', async () => {
    const execution = await givenExecution(db, { actionCount: 8 });
    await givenSaved(db, execution, [0, 1, 2, 3]);
    const record = await requestCancel(db, execution);
    const { onEnded, ends } = noteEnds();
    const cancel = () => finishCancel(executionsOf(db, undefined, onEnded), record);
    const records = [...(await Promise.all([cancel(), cancel(), cancel()])), await cancel()];
    expect(records.map((each) => each?.status)).to.deep.equal(Array(4).fill('ABORTED'));
    expect(ends).to.have.length(1);
    expect(ends[0]?.record).to.include({ status: 'ABORTED', savedActions: 0, taskCount: 0 });
    // Its metrics are due, and nobody is to be told.
    expect(records[0]).to.include({ runningShard: 'RUNNING', metrics: 'pending', notify: 'none' });
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'draft', version: 3 });
  });

  it('says so in the record when its user gave no reason, and what the AI has cost', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    await givenSaved(db, execution, [0]);
    await executions.changeOpen(execution.executionArn, { cancelRequestedAt: new Date().toISOString() });
    const record = await executions.get(execution.executionArn);
    if (record === undefined) throw new Error('no record');
    const now = new Date(Date.now() + 5_000);
    expect(await finishCancel(executionsOf(db, now), record)).to.deep.include({
      cause: 'Cancelled by the user.',
      stoppedAt: now.toISOString(),
      currentState: 'Ended',
      processedActions: 2,
      failedActions: 0,
      usage: { aiCalls: 1, inputTokens: 100, outputTokens: 50 },
    });
    const outcomes = await executions.outcomes(execution.executionArn);
    expect(outcomes.map(({ taskCount, updatedAt }) => [taskCount, updatedAt])).to.deep.equal(
      [0, 0].map((none) => [none, now.toISOString()]),
    );
  });

  it('settles nothing, and passes the fault on, while a task cannot be removed', async () => {
    const execution = await givenExecution(db, { actionCount: 1 });
    await givenSaved(db, execution, [0]);
    const record = await requestCancel(db, execution);
    for (const fault of [new Error('gone'), cancelled('None', 'ConditionalCheckFailed')]) {
      const broken = failing(db, (command) => (command === 'TransactWriteCommand' ? fault : undefined));
      expect(await failureOf(finishCancel(executionsOf(broken), record))).to.equal(fault);
      expect(await executions.get(execution.executionArn)).to.include({ status: 'RUNNING' });
    }
  });

  it('ends an execution no earlier than what became of its last action', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    const later = new Date(Date.now() + 5_000);
    const failed = { outcome: 'FAILED', error: 'PermanentError', reason: 'denied' } as const;
    await executionsOf(db, later).endOutcome(execution.executionArn, 0, failed);
    const record = await finishCancel(executions, await requestCancel(db, execution));
    expect(record).to.include({ stoppedAt: later.toISOString() });
  });

  it('leaves alone an execution that nobody wants cancelled', async () => {
    const execution = await givenExecution(db, { actionCount: 1 });
    const { onEnded, ends } = noteEnds();
    expect(await finishCancel(executionsOf(db, undefined, onEnded), execution.record)).to.include({
      status: 'RUNNING',
    });
    expect(ends).to.deep.equal([]);
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'processing' });
  });

  it('tries again, boundedly, while others are faster', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    await givenSaved(db, execution, [0, 1]);
    const record = await requestCancel(db, execution);
    let attempts = 0;
    const conflicting = (until: number) =>
      failing(db, (command) => {
        if (command !== 'TransactWriteCommand') return undefined;
        attempts += 1;
        return attempts <= until ? cancelled('ConditionalCheckFailed', 'None') : undefined;
      });
    const { onEnded, ends } = noteEnds();
    const endless = await failureOf(
      finishCancel(executionsOf(conflicting(Number.POSITIVE_INFINITY), undefined, onEnded), record),
    );
    expect(endless.name).to.equal('TransientError');
    expect(attempts).to.equal(2 * 7);
    expect(await executions.get(execution.executionArn)).to.include({ status: 'RUNNING' });
    attempts = 0;
    expect(await finishCancel(executionsOf(conflicting(3), undefined, onEnded), record)).to.include({
      status: 'ABORTED',
    });
    expect(await listTasks(db, execution.goalId)).to.deep.equal([]);
    expect(ends).to.have.length(1);
  });

  /**
   * The transaction of another cancel that a reader sees half done (DynamoDB's queries are read-committed): the outcome
   * is taken back, the tasks are still there. @param ends whether the other half shows when the tasks are read again
   */
  async function givenTorn(ends: boolean) {
    const execution = await givenExecution(db, { actionCount: 2 });
    await givenSaved(db, execution, [0]);
    const record = await requestCancel(db, execution);
    const [saved] = await executions.outcomes(execution.executionArn);
    if (saved === undefined) throw new Error('no outcome');
    const [takenBack, ...deletes] = removeSavedItems(db, execution.goalId, saved, new Date());
    if (takenBack?.Update) await db.client.send(new UpdateCommand(takenBack.Update));
    let reads = 0;
    const torn = beforeEachCall(db, async ({ TableName }) => {
      if (TableName !== db.tasks) return;
      reads += 1;
      if (!ends || reads !== 2) return;
      for (const { Delete } of deletes) if (Delete) await db.client.send(new DeleteCommand(Delete));
    });
    return { execution, record, torn, reads: () => reads };
  }

  it('settles only when no task of the execution is left, though another cancel is half seen to have removed them', async () => {
    const { execution, record, torn, reads } = await givenTorn(true);
    expect(await finishCancel(executionsOf(torn), record)).to.include({ status: 'ABORTED', taskCount: 0 });
    expect(await listTasks(db, execution.goalId)).to.deep.equal([]);
    expect(reads()).to.equal(2);
  });

  it('settles nothing, and is transient, while tasks of the execution stay', async () => {
    const { execution, record, torn } = await givenTorn(false);
    const before = performance.now();
    const failure = await failureOf(finishCancel(executionsOf(torn), record));
    expect(performance.now() - before, 'the wait for the others').to.be.within(1_000, 20_000);
    expect(failure).to.include({ name: 'TransientError' });
    expect(failure.message).to.match(/^\w.*\w$/);
    expect(await executions.get(execution.executionArn)).to.include({ status: 'RUNNING' });
    expect(await getGoal(db, execution.goalId)).to.include({ status: 'processing' });
  });

  it('goes on when another cancel of the same execution was faster to remove the tasks of an action', async () => {
    const execution = await givenExecution(db, { actionCount: 1 });
    await givenSaved(db, execution, [0]);
    const record = await requestCancel(db, execution);
    const behind = failing(db, (command, before) =>
      command === 'TransactWriteCommand' && before === 0 ? cancelled('ConditionalCheckFailed', 'None') : undefined,
    );
    expect(await finishCancel(executionsOf(behind), record)).to.include({ status: 'ABORTED' });
  });
});
