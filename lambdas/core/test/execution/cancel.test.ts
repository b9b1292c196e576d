import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { finishCancel, goalStatusAfterCancel, removeSavedItems } from '../../src/execution/cancel.ts';
import { cancelled, intercepted, refusing } from '../support/failing.ts';
import { BY_OUTCOME, cancelRequested, useTables, withPart } from '../support/tables.ts';

describe('what a cancel means for the goal', () => {
  const executionArn = 'arn';
  const [ofA, ofB, ofC] = ['a', 'b', 'c'].map((actionId) => ({ actionId, executionArn }));
  const added = { actionId: 'a' };
  for (const [what, before, tasks, actionsLeftOut, after] of [
    ['that nothing is left', 'draft', [], 0, 'draft'],
    ['that nothing is left of what failed before', 'failed', [], 0, 'draft'],
    ['that tasks that people added are no tasks of the AI', 'draft', [added], 0, 'draft'],
    ['that tasks from before count (rule 7)', 'partial', [ofC], 0, 'partial'],
    ['that what people changed stays (rule 8)', 'draft', [ofA, ofA], 0, 'partial'],
    ['that all of its actions have tasks', 'partial', [ofA, ofB], 0, 'active'],
    ['that another action still has none', 'partial', [ofA, ofB], 1, 'partial'],
    ['that an active goal is as it was', 'active', [ofC], 0, 'active'],
  ] as const) {
    it(`is ${what}`, () => {
      const record = { goalStatusBefore: before, actionIds: ['a', 'b'], actionsLeftOut };
      expect(
        goalStatusAfterCancel(
          record,
          tasks.map((task) => ({ actionId: 'x', ...task })),
        ),
      ).to.equal(after);
    });
  }
});

describe('finishCancel', () => {
  const { db, executions, executionsAt, notingEnds, goalOf, tasksOf, givenExecution } = useTables();
  /** An execution that its user wants cancelled. */
  const given = (actionCount: number, saved: readonly number[] = [], cancelReason?: string) => {
    const requested = { ...cancelRequested(), ...(cancelReason ? { cancelReason } : {}) };
    return givenExecution({ actionCount, saved, cancelled: requested });
  };
  const RUNNING = { status: 'RUNNING' };

  for (const [reason, saved] of [
    ['changed my mind', [0, 3, 5, 15]],
    [undefined, []],
  ] as const) {
    it(`removes every task of the execution, fences the rest and puts the goal back to draft: ${saved.length} saved, ${reason}`, async () => {
      const { executionArn, goalId, record } = await given(16, saved, reason);
      const now = new Date(Date.now() + 5_000);
      expect(withPart(await finishCancel(executionsAt(now), record))).to.deep.include({
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
        usage: { aiCalls: saved.length, inputTokens: 100 * saved.length, outputTokens: 50 * saved.length },
        // Its metrics are due, and nobody is to be told.
        runningShard: 'RUNNING',
        metrics: 'pending',
        notify: 'none',
      });
      expect(await tasksOf(goalId)).to.deep.equal([]);
      for (const outcome of await executions.outcomes(executionArn))
        expect(outcome).to.include({ outcome: 'CANCELLED', taskCount: 0, updatedAt: now.toISOString() });
      expect(await goalOf(goalId)).to.include({ status: 'draft' });
    });
  }

  it('takes away nothing that another execution made, and leaves such a goal partial (rule 7)', async () => {
    const { goalId } = await givenExecution({ actionCount: 3, saved: [0], ended: BY_OUTCOME });
    const kept = await tasksOf(goalId);
    const second = await givenExecution({ goalId, only: [1, 2], saved: [1], cancelled: cancelRequested() });
    await finishCancel(executions, second.record);
    expect(await tasksOf(goalId)).to.deep.equal(kept);
    expect(await goalOf(goalId)).to.include({ status: 'partial' });
  });

  it('deletes no task that another execution has written under the same key (rule 7)', async () => {
    const { executionArn, goalId, record } = await given(1, [0]);
    const [task] = await tasksOf(goalId);
    const other = { ...task, sk: task?.taskId, executionArn: `${executionArn}-other` };
    await db.client.send(new PutCommand({ TableName: db.tasks, Item: other }));
    expect(await finishCancel(executions, record)).to.include({ status: 'ABORTED' });
    expect(await tasksOf(goalId)).to.deep.equal([other]);
  });

  it('leaves alone an execution that nobody wants cancelled', async () => {
    const { goalId, record } = await givenExecution({ actionCount: 1 });
    const { noting, ends } = notingEnds();
    expect(await finishCancel(noting, record)).to.include(RUNNING);
    expect(ends).to.deep.equal([]);
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
  });

  it('tries again, boundedly, while other cancels of the same execution are faster', async () => {
    const { executionArn, goalId, record } = await given(2, [0, 1]);
    let attempts = 0;
    const behind = (until: number) => {
      const others = refusing(db, (before) => {
        attempts = before + 1;
        return before < until ? cancelled('ConditionalCheckFailed', 'None') : undefined;
      });
      return finishCancel(executionsOf(others), record);
    };
    expect((await failureOf(behind(Number.POSITIVE_INFINITY))).name).to.equal('TransientError');
    expect(attempts).to.equal(2 * 7);
    expect(await executions.get(executionArn)).to.include(RUNNING);
    expect(await behind(3)).to.include({ status: 'ABORTED' });
    expect(await tasksOf(goalId)).to.deep.equal([]);
  });

  /**
   * The transaction of another cancel that a reader sees half done (DynamoDB's queries are read-committed): the outcome
   * is taken back, the tasks are still there. @param ends whether the other half shows when the tasks are read again
   */
  async function givenTorn(ends: boolean) {
    const torn = await given(2, [0]);
    const [saved] = await executions.outcomes(torn.executionArn);
    if (saved === undefined) throw new Error('no outcome');
    const [takenBack, ...deletes] = removeSavedItems(db, torn.goalId, saved, await tasksOf(torn.goalId), new Date());
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
    expect(await tasksOf(goalId)).to.deep.equal([]);
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
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
  });
});
