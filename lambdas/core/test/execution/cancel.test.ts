import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution, saveInput } from '../../../../test/support/stack/goal.ts';
import { saveTasks } from '../../../save-tasks/src/save-tasks.ts';
import { finishCancel, goalStatusAfterCancel, removeSavedItems } from '../../src/execution/cancel.ts';
import { getGoal } from '../../src/goal/rows.ts';
import { listTasks } from '../../src/goal/tasks.ts';
import { noteEnds } from '../support/ends.ts';
import { failing, intercepted, cancelled as refused } from '../support/failing.ts';

describe('what a cancel means for the goal', () => {
  it('is that tasks from before count, and nothing else (rule 7)', () => {
    const after = (['draft', 'failed', 'partial'] as const).map(goalStatusAfterCancel);
    expect(after).to.deep.equal(['draft', 'draft', 'partial']);
  });
});

describe('finishCancel', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  /** An execution that its user wants cancelled. */
  const given = (actionCount: number, saved: number[] = [], cancelReason?: string) => {
    const cancelled = { cancelRequestedAt: new Date().toISOString(), ...(cancelReason ? { cancelReason } : {}) };
    return givenExecution(db, { actionCount, saved, cancelled });
  };
  const RUNNING = { status: 'RUNNING' };

  for (const reason of ['changed my mind', undefined]) {
    it(`removes every task of the execution, fences the rest and puts the goal back to draft; its user says ${reason}`, async () => {
      const { executionArn, goalId, record } = await given(16, [0, 3, 5, 15], reason);
      const now = new Date(Date.now() + 5_000);
      expect(await finishCancel(executionsOf(db, now), record)).to.deep.include({
        status: 'ABORTED',
        error: 'ABORT',
        cause: reason ?? 'Cancelled by the user.',
        currentState: 'Ended',
        stoppedAt: now.toISOString(),
        taskCount: 0,
        processedActions: 16,
        savedActions: 0,
        failedActions: 0,
        // What was taken back has cost all the same.
        usage: { aiCalls: 4, inputTokens: 400, outputTokens: 200 },
        // Its metrics are due, and nobody is to be told.
        runningShard: 'RUNNING',
        metrics: 'pending',
        notify: 'none',
      });
      expect(await listTasks(db, goalId)).to.deep.equal([]);
      for (const outcome of await executions.outcomes(executionArn))
        expect(outcome).to.include({ outcome: 'CANCELLED', taskCount: 0, updatedAt: now.toISOString() });
      expect(await getGoal(db, goalId)).to.include({ status: 'draft' });
    });
  }

  it('leaves no task behind although saves are in flight all the while (rule 2)', async () => {
    const execution = await given(64);
    const saves = execution.actions.map(({ position }) =>
      saveTasks(executions, saveInput(execution, position), 300_000).catch((error: Error) => error.name),
    );
    await finishCancel(executions, execution.record);
    const results = await Promise.all(saves);
    expect(results.every((result) => result === 'PermanentError' || typeof result === 'object')).to.equal(true);
    expect(await listTasks(db, execution.goalId)).to.deep.equal([]);
  });

  it('takes away nothing that another execution made, and leaves such a goal partial (rule 7)', async () => {
    const ended = { status: 'by outcome', notify: 'machine' } as const;
    const { goalId } = await givenExecution(db, { actionCount: 3, saved: [0], ended });
    const kept = await listTasks(db, goalId);
    const cancelled = { cancelRequestedAt: new Date().toISOString() };
    const second = await givenExecution(db, { goalId, only: [1, 2], saved: [1], cancelled });
    await finishCancel(executions, second.record);
    expect(await listTasks(db, goalId)).to.deep.equal(kept);
    expect(await getGoal(db, goalId)).to.include({ status: 'partial' });
  });

  it('deletes no task that another execution has written under the same key, and settles nothing (rule 7)', async () => {
    const { executionArn, goalId, record } = await given(1, [0]);
    const [task] = await listTasks(db, goalId);
    const other = { ...task, sk: task?.taskId, executionArn: `${executionArn}-other` };
    await db.client.send(new PutCommand({ TableName: db.tasks, Item: other }));
    expect((await failureOf(finishCancel(executions, record))).name).to.equal('TransactionCanceledException');
    expect(await executions.get(executionArn)).to.include(RUNNING);
    expect((await listTasks(db, goalId)).map((each) => each.executionArn)).to.include(`${executionArn}-other`);
  });

  it('can be repeated, and run by several at once; one of them reports the end', async () => {
    const { goalId, record } = await given(8, [0, 1, 2, 3]);
    const { onEnded, ends } = noteEnds();
    const cancel = () => finishCancel(executionsOf(db, undefined, onEnded), record);
    const records = [...(await Promise.all([cancel(), cancel(), cancel()])), await cancel()];
    expect(records.map((each) => each?.status)).to.deep.equal(Array(4).fill('ABORTED'));
    expect(ends).to.have.length(1);
    expect(ends[0]?.record).to.include({ status: 'ABORTED', savedActions: 0, taskCount: 0 });
    expect(await getGoal(db, goalId)).to.include({ status: 'draft', version: 3 });
  });

  it('leaves alone an execution that nobody wants cancelled', async () => {
    const { goalId, record } = await givenExecution(db, { actionCount: 1 });
    const { onEnded, ends } = noteEnds();
    expect(await finishCancel(executionsOf(db, undefined, onEnded), record)).to.include(RUNNING);
    expect(ends).to.deep.equal([]);
    expect(await getGoal(db, goalId)).to.include({ status: 'processing' });
  });

  it('tries again, boundedly, while other cancels of the same execution are faster', async () => {
    const { executionArn, goalId, record } = await given(2, [0, 1]);
    let attempts = 0;
    const behind = (until: number) => {
      const refusing = failing(db, (command, before) => {
        if (command !== 'TransactWriteCommand') return undefined;
        attempts = before + 1;
        return before < until ? refused('ConditionalCheckFailed', 'None') : undefined;
      });
      return finishCancel(executionsOf(refusing), record);
    };
    expect((await failureOf(behind(Number.POSITIVE_INFINITY))).name).to.equal('TransientError');
    expect(attempts).to.equal(2 * 7);
    expect(await executions.get(executionArn)).to.include(RUNNING);
    expect(await behind(3)).to.include({ status: 'ABORTED' });
    expect(await listTasks(db, goalId)).to.deep.equal([]);
  });

  /**
   * The transaction of another cancel that a reader sees half done (DynamoDB's queries are read-committed): the outcome
   * is taken back, the tasks are still there. @param ends whether the other half shows when the tasks are read again
   */
  async function givenTorn(ends: boolean) {
    const torn = await given(2, [0]);
    const [saved] = await executions.outcomes(torn.executionArn);
    if (saved === undefined) throw new Error('no outcome');
    const [takenBack, ...deletes] = removeSavedItems(db, torn.goalId, saved, new Date());
    if (takenBack?.Update) await db.client.send(new UpdateCommand(takenBack.Update));
    let reads = 0;
    const seen = intercepted(db, async ({ TableName }, _command, send) => {
      if (TableName === db.tasks) reads += 1;
      if (TableName === db.tasks && ends && reads === 2)
        for (const { Delete } of deletes) if (Delete) await db.client.send(new DeleteCommand(Delete));
      return send();
    });
    return { ...torn, seen: executionsOf(seen), reads: () => reads };
  }

  it('settles only when no task of the execution is left, though another cancel is half seen to have removed them', async () => {
    const { goalId, record, seen, reads } = await givenTorn(true);
    expect(await finishCancel(seen, record)).to.include({ status: 'ABORTED', taskCount: 0 });
    expect(await listTasks(db, goalId)).to.deep.equal([]);
    expect(reads()).to.equal(2);
  });

  it('settles nothing, and is transient, while tasks of the execution stay', async () => {
    const { executionArn, goalId, record, seen } = await givenTorn(false);
    const before = performance.now();
    const failure = await failureOf(finishCancel(seen, record));
    expect(performance.now() - before, 'the wait for the others').to.be.within(1_000, 20_000);
    expect(failure).to.include({ name: 'TransientError' });
    expect(failure.message).to.match(/^\w.*\w$/);
    expect(await executions.get(executionArn)).to.include(RUNNING);
    expect(await getGoal(db, goalId)).to.include({ status: 'processing' });
  });
});
