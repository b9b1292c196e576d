import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { updateOf } from '@goal-activity/core/aws/update.ts';
import { TransientError } from '@goal-activity/core/errors.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { GOAL } from '@goal-activity/core/goal/rows.ts';
import { readCounts } from '@goal-activity/core/goal/task-counts.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { cancelled, refusing } from '../../core/test/support/failing.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { type ChangeTask, changeTask, removeTask } from '../src/change-task.ts';

describe("a person's change of a task", () => {
  const { db, executions, goalOf, tasksOf, givenExecution } = useTables();

  /** A goal with three tasks, and its first one, of an execution that has ended unless it is said to run. */
  async function given(runs = false) {
    const execution = await givenExecution({ actionCount: 1, saved: [0], ...(runs ? {} : { ended: BY_OUTCOME }) });
    const { goalId, userId } = execution;
    const [task] = await tasksOf(goalId);
    if (task === undefined) throw new Error('no task');
    const id = { goalId, userId, taskId: task.taskId };
    return {
      ...{ ...execution, id, task },
      change: (changes: ChangeTask, now = new Date(), on = db) => changeTask(on, id, changes, now),
      remove: (version: number) => removeTask(db, id, version),
      counts: async () => {
        const { taskCount, doneTaskCount } = (await goalOf(goalId)) ?? {};
        return [taskCount, doneTaskCount];
      },
    };
  }

  it('changes what is given, notes when, raises its version and not that of the goal, and moves the counts', async () => {
    const { goalId, task, change, counts } = await given();
    const [before, now] = [await goalOf(goalId), new Date(Date.now() + 1_000)];
    const { goalId: _, createdAt: __, ...shown } = { ...task, sk: undefined };
    expect(await change({ version: 1, status: 'done' }, now)).to.deep.equal(
      JSON.parse(JSON.stringify({ ...shown, status: 'done', version: 2, changedAt: now.toISOString() })),
    );
    expect(await counts()).to.deep.equal([3, 1]);
    const texts = { title: ' Walk ', description: '', type: 'habit', estimatedMinutes: 7 } as const;
    const changed = { ...texts, title: 'Walk', status: 'done', version: 3 };
    expect(await change({ version: 2, ...texts })).to.include(changed);
    expect((await tasksOf(goalId))[0]).to.include({ ...changed, createdAt: task.createdAt });
    expect(await change({ version: 3, status: 'not_started' })).to.include({ status: 'not_started', version: 4 });
    expect(await goalOf(goalId)).to.deep.equal({ ...before, taskCount: 3, doneTaskCount: 0 });
  });

  it('is made once, however often it is asked for, and refused where another one came before it', async () => {
    const { change, remove, counts } = await given();
    const same = Array.from({ length: 4 }, () => change({ version: 1, status: 'done', title: 'Walk' }));
    for (const answer of await Promise.all(same)) expect(answer).to.include({ version: 2, title: 'Walk' });
    expect(await counts()).to.deep.equal([3, 1]);
    for (const late of [
      change({ version: 1, status: 'not_started' }),
      change({ version: 1, title: 'Walk', estimatedMinutes: 1 }),
      change({ version: 3, title: 'x' }),
      remove(1),
    ])
      expectRefusal(await failureOf(late), 409, 'task_changed');
    const [first, second] = await Promise.allSettled(['A', 'B'].map((title) => change({ version: 2, title })));
    expect([first?.status, second?.status].sort()).to.deep.equal(['fulfilled', 'rejected']);
  });

  it('removes a task with its place in the counts, once', async () => {
    const { goalId, change, remove, counts, id } = await given();
    await change({ version: 1, status: 'done' });
    await Promise.all([remove(2), remove(2), remove(2)]);
    await remove(1);
    expect(await counts()).to.deep.equal([2, 0]);
    expect((await tasksOf(goalId)).map(({ taskId }) => taskId))
      .to.have.length(2)
      .and.not.include(id.taskId);
    expectRefusal(await failureOf(change({ version: 2, title: 'x' })), 404, 'task_not_found');
  });

  it('is made while an execution runs, whose tasks are counted at its end', async () => {
    const { executionArn, change, remove, counts, goalId, userId } = await given(true);
    await change({ version: 1, status: 'done' });
    expect(await counts()).to.deep.equal([0, 1]);
    await remove(2);
    const [, second] = await tasksOf(goalId);
    await removeTask(db, { goalId, userId, taskId: second?.taskId ?? '' }, 1);
    expect(await counts()).to.deep.equal([-2, 0]);
    await settle(executions, executionArn, BY_OUTCOME);
    expect(await counts()).to.deep.equal([1, 0]);
  });

  it('knows no task of another goal, and no goal of another user (rule 5)', async () => {
    const [one, other] = [await given(), await given()];
    const change = (id: typeof one.id) => changeTask(db, id, { version: 1, title: 'x' }, new Date());
    expectRefusal(await failureOf(change({ ...one.id, taskId: other.id.taskId })), 404, 'task_not_found');
    for (const call of [change, (id: typeof one.id) => removeTask(db, id, 1)])
      expectRefusal(await failureOf(call({ ...one.id, userId: other.id.userId })), 404, 'goal_not_found');
    expect(await one.counts()).to.deep.equal([3, 0]);
  });

  for (const runs of [false, true]) {
    it(`counts the tasks of a goal from before they were counted, ${runs ? 'while an execution runs' : 'with rows of then'}`, async () => {
      const { executionArn, goalId, id, change, counts } = await given(runs);
      const forget = (TableName: string, sk: string, ...remove: string[]) =>
        db.client.send(new UpdateCommand(updateOf({ TableName, Key: { goalId, sk }, remove })));
      await forget(db.goals, GOAL, 'taskCount', 'doneTaskCount');
      await forget(db.tasks, id.taskId, 'version');
      const goal = await goalOf(goalId);
      if (goal) expect(await readCounts(db, goal)).to.deep.equal({ taskCount: runs ? 0 : 3, doneTaskCount: 0 });
      const [, second] = await tasksOf(goalId);
      const others = removeTask(db, { ...id, taskId: second?.taskId ?? '' }, 1);
      expect(await change({ version: 1, status: 'done' })).to.include({ version: 2, status: 'done' });
      await others;
      await settle(executions, executionArn, BY_OUTCOME);
      expect(await counts()).to.deep.equal([2, 1]);
    });
  }

  it('tries again on fresh data, gives up as transient, and passes on any other fault', async () => {
    const { change } = await given();
    let tries = 0;
    const changing = (failureOfTry: (before: number) => Error | undefined) => {
      const on = refusing(db, (before) => {
        tries = before + 1;
        return failureOfTry(before);
      });
      return change({ version: 1, status: 'done' }, new Date(), on);
    };
    expect(await failureOf(changing(() => cancelled('None', 'ConditionalCheckFailed')))).to.be.instanceOf(
      TransientError,
    );
    expect(tries).to.equal(5);
    const fault = new Error('gone');
    expect(await failureOf(changing(() => fault))).to.equal(fault);
    const once = (before: number) => (before === 0 ? cancelled('ConditionalCheckFailed', 'None') : undefined);
    expect(await changing(once)).to.include({ status: 'done' });
  });
});
