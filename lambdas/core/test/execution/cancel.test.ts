import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { type GivenExecution, saveInput } from '../../../../test/support/stack/goal.ts';
import { changeTask, removeTask } from '../../../goals/src/change-task.ts';
import { saveTasks } from '../../../save-tasks/src/save-tasks.ts';
import { finishCancel, goalStatusAfterCancel, removeSavedItems } from '../../src/execution/cancel.ts';
import { oldTaskKey } from '../../src/goal/tasks.ts';
import type { TaskRow } from '../../src/types.ts';
import { cancelled, intercepted, refusing } from '../support/failing.ts';
import { BY_OUTCOME, cancelRequested, useTables, withPart } from '../support/tables.ts';
import { useWaits } from '../support/waits.ts';

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
  const recordWaits = useWaits();
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

  describe('of tasks that a person has changed (rule 8)', () => {
    const person = ({ goalId, userId }: GivenExecution) => ({
      change: ({ taskId }: TaskRow, status: 'done' | 'not_started' = 'done') =>
        changeTask(db, { goalId, userId, taskId }, { version: 1, status }, new Date()),
      remove: ({ taskId }: TaskRow) => removeTask(db, { goalId, userId, taskId }, 1),
    });
    const some = (tasks: readonly TaskRow[]) => {
      const [first, second, third] = tasks;
      if (first === undefined || second === undefined || third === undefined) throw new Error('three tasks');
      return [first, second, third] as const;
    };
    const counted = async (goalId: string) => {
      const tasks = await tasksOf(goalId);
      const done = tasks.filter(({ status }) => status === 'done').length;
      expect(await goalOf(goalId)).to.include({ taskCount: tasks.length, doneTaskCount: done });
      return tasks;
    };

    it('leaves them, counts them, and says so; the goal is partial', async () => {
      const execution = await given(2, [0]);
      const { goalId, executionArn, record } = execution;
      const [touched, removed] = some(await tasksOf(goalId));
      await person(execution).change(touched);
      await person(execution).remove(removed);
      const summary = /removed, but for 1 that were changed by hand\.$/;
      expect((await finishCancel(executions, record))?.summary).to.match(summary);
      const [left, ...others] = await counted(goalId);
      expect([left, others]).to.deep.equal([{ ...left, taskId: touched.taskId, status: 'done', version: 2 }, []]);
      expect(await goalOf(goalId)).to.include({ status: 'partial', doneTaskCount: 1 });
      // What the person has removed, the person has counted.
      expect(await executions.outcome(executionArn, 0)).to.include({ outcome: 'CANCELLED', taskCount: 2 });
    });

    it('leaves one that is changed in the very moment of the cancel, and one that was put back to not started', async () => {
      const execution = await given(1, [0]);
      const { goalId, record } = execution;
      const [first, second] = some(await tasksOf(goalId));
      await person(execution).change(first, 'not_started');
      const racing = intercepted(db, async (_input, command, send) => {
        if (command === 'TransactWriteCommand') await person(execution).change(second);
        return send();
      });
      await finishCancel(executionsOf(racing), record);
      expect((await counted(goalId)).map(({ taskId }) => taskId)).to.deep.equal([first.taskId, second.taskId]);
    });

    it('puts back the tasks whose place others took, with their goal as it was', async () => {
      const first = await givenExecution({ actionCount: 1, saved: [0], ended: BY_OUTCOME });
      const { goalId } = first;
      const [touched, ...replaced] = some(await tasksOf(goalId));
      await person(first).change(touched);
      const again = await givenExecution({ goalId, cancelled: cancelRequested() });
      const replaces = replaced.map(({ taskId }) => taskId);
      await saveTasks(executions, { ...saveInput(again, 0), replaces }, 300_000);
      expect(await finishCancel(executions, again.record)).to.include({ status: 'ABORTED', taskCount: 0 });
      expect((await counted(goalId)).slice(1)).to.deep.equal(replaced);
      expect(await goalOf(goalId)).to.include({ status: 'active', taskCount: 3, doneTaskCount: 1 });
    });

    it('takes away what was saved under keys without the execution', async () => {
      const { goalId, record, actions } = await given(1, [0]);
      for (const [index, { taskId, ...task }] of (await tasksOf(goalId)).entries()) {
        const old = oldTaskKey(actions[0]?.actionId ?? '', index);
        const { version: _, ...row } = { ...task, taskId: old, sk: old };
        await db.client.send(new DeleteCommand({ TableName: db.tasks, Key: { goalId, sk: taskId } }));
        await db.client.send(new PutCommand({ TableName: db.tasks, Item: row }));
      }
      expect(await finishCancel(executions, record)).to.include({ status: 'ABORTED' });
      expect(await counted(goalId)).to.deep.equal([]);
    });
  });

  it('leaves alone an execution that nobody wants cancelled', async () => {
    const { goalId, record } = await givenExecution({ actionCount: 1 });
    const { noting, ends } = notingEnds();
    expect(await finishCancel(noting, record)).to.include(RUNNING);
    expect(ends).to.deep.equal([]);
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
  });

  it('tries again, a limited number of times, while other cancels of the same execution are faster', async () => {
    const { executionArn, goalId, record } = await given(2, [0, 1]);
    recordWaits();
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
    const waits = recordWaits();
    const failure = await failureOf(finishCancel(seen, record));
    expect(waits).to.have.length(6);
    // From 1.2 to 3.8 s in all.
    for (const [index, ms] of waits.entries()) expect(Number(ms) / 2 ** index).to.be.within(20, 60);
    expect(failure).to.include({ name: 'TransientError' });
    expect(failure.message).to.match(/^\w.*\w$/);
    expect(await executions.get(executionArn)).to.include(RUNNING);
    expect(await goalOf(goalId)).to.include({ status: 'processing' });
  });
});
