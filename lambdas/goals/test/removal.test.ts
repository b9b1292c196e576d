import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Database, transact } from '@goal-activity/core/aws/database.ts';
import { TransientError } from '@goal-activity/core/errors.ts';
import { createCursors } from '@goal-activity/core/http/cursor.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { LIMITS } from '@goal-activity/core/schema.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { cancelled, failing, intercepted, named, refusing } from '../../core/test/support/failing.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { addTask } from '../src/add-task.ts';
import { changeGoal } from '../src/change-goal.ts';
import { changeTask } from '../src/change-task.ts';
import { readTasksAsCsv } from '../src/csv.ts';
import { type ChangeGoal, readGoal, readTasks } from '../src/goals.ts';
import { createGoalOnce } from '../src/idempotency.ts';
import { listGoals } from '../src/list-goals.ts';
import { deleteGoal } from '../src/removal/delete-goal.ts';
import { finishDeletion } from '../src/removal/deletion.ts';
import { removedActions } from '../src/removal/removed-actions.ts';
import { readToday } from '../src/today.ts';

type Of = { readonly goalId: string; readonly userId: string };
/** Later than all that a test has made: the list has the newest first, a deletion by its own time. */
const later = () => new Date(Date.now() + 1_000);
const GONE = named('Gone');

/** A database that is gone from its n-th write on: whoever works with it dies there. */
const dyingAt = (db: Database, count: number) => refusing(db, (before) => (before >= count ? GONE : undefined));

describe('what is removed of goals', () => {
  const { db, goalOf, tasksOf, givenGoal, givenExecution } = useTables();
  const { log, lines } = createMemoryLog();
  const cursors = createCursors(async () => 'key');
  const list = async (userId: string, on = db) => (await listGoals(on, userId, 10, undefined, cursors, log)).items;
  const versionOf = async ({ goalId }: Of) => (await goalOf(goalId))?.version ?? 0;
  const remove = async (of: Of, on = db) => deleteGoal(on, { ...of, version: await versionOf(of) }, later());
  const add = (of: Of, actionId: string) => {
    const task = { actionId, title: 'Mine', type: 'habit', estimatedMinutes: 5 } as const;
    return addTask(db, { ...of, key: undefined }, task, randomUUID, later());
  };

  /** A goal whose actions have three tasks each, and the first one a task by hand, too. */
  async function givenTasks(actionCount: number) {
    const positions = Array.from({ length: actionCount }, (_, position) => position);
    const { goalId, userId } = await givenExecution({ actionCount, saved: positions, ended: BY_OUTCOME });
    const of = { goalId, userId };
    const { actions } = await readGoal(db, goalId, userId);
    await add(of, actions[0]?.actionId ?? '');
    return { of, actions };
  }

  /** The rows of a goal in a table, by their sort keys. */
  async function rowsOf(TableName: string, goalId: string): Promise<unknown[]> {
    const ExpressionAttributeValues = { ':goalId': goalId };
    const KeyConditionExpression = 'goalId = :goalId';
    const query = new QueryCommand({
      TableName,
      KeyConditionExpression,
      ExpressionAttributeValues,
      ConsistentRead: true,
    });
    return ((await db.client.send(query)).Items ?? []).map(({ sk }) => sk);
  }

  /** Nothing of a goal is left, and nobody finds it. */
  async function expectGone({ goalId, userId }: Of) {
    expect([await rowsOf(db.goals, goalId), await rowsOf(db.tasks, goalId)]).to.deep.equal([[], []]);
    for (const read of [readGoal, readTasks, readTasksAsCsv])
      expectRefusal(await failureOf(read(db, goalId, userId)), 404, 'goal_not_found');
    expect(await list(userId)).to.deep.equal([]);
    expect(await readToday(db, userId, 10)).to.deep.equal({ habits: [], tasks: [] });
  }

  describe('a goal', () => {
    it('goes with its actions and tasks, however often it is asked for, and with whatever version from then on', async () => {
      const { of } = await givenTasks(2);
      await remove(of);
      await expectGone(of);
      for (const version of [1, 7]) await deleteGoal(db, { ...of, version }, later());
    });

    it('goes with more tasks than one transaction removes, whatever they hold', async () => {
      const of = await givenGoal(1);
      const puts = Array.from({ length: 101 }, (_, index) => {
        return { Put: { TableName: db.tasks, Item: { goalId: of.goalId, sk: `a#${index}` } } };
      });
      await transact(db, puts.slice(1));
      await transact(db, puts.slice(0, 1));
      await remove(of);
      await expectGone(of);
    });

    it('stays with another version, while an execution runs, and for whoever it is not', async () => {
      const of = await givenGoal();
      expectRefusal(await failureOf(deleteGoal(db, { ...of, version: 2 }, later())), 409, 'goal_changed');
      await deleteGoal(db, { ...of, userId: 'someone else', version: 1 }, later());
      await deleteGoal(db, { ...of, goalId: 'unknown', version: 1 }, later());
      await givenExecution({ goalId: of.goalId });
      for (const version of [1, 2])
        expectRefusal(await failureOf(deleteGoal(db, { ...of, version }, later())), 409, 'goal_processing');
      expect(await rowsOf(db.goals, of.goalId)).to.have.length(4);
    });

    it('loses to whoever starts or changes it after it was read', async () => {
      const meanwhile: readonly [(of: Of) => Promise<unknown>, string][] = [
        [(of) => givenExecution({ goalId: of.goalId }), 'goal_processing'],
        [(of) => changeGoal(db, of, { version: 1, title: 'x' }, randomUUID, later()), 'goal_changed'],
      ];
      for (const [happen, code] of meanwhile) {
        const of = await givenGoal();
        let isFirst = true;
        const on = intercepted(db, async (_input, command, send) => {
          if (command === 'TransactWriteCommand' && isFirst) {
            isFirst = false;
            await happen(of);
          }
          return send();
        });
        expectRefusal(await failureOf(remove(of, on)), 409, code);
        expect(await rowsOf(db.goals, of.goalId)).to.have.length(4);
      }
      const of = await givenGoal();
      const always = refusing(db, () => cancelled('ConditionalCheckFailed'));
      expect(await failureOf(remove(of, always))).to.be.instanceOf(TransientError);
    });

    // The goal's row; the tasks and the actions, at once; the row that says what is left.
    for (const writes of [0, 1, 2, 3])
      for (const finish of ['asked for again', 'listed'].slice(0, writes === 0 ? 1 : 2))
        it(`whose deletion dies before its write ${writes + 1} is there as a whole or gone, and gone once it is ${finish}`, async () => {
          const { of } = await givenTasks(3);
          expect(await failureOf(remove(of, dyingAt(db, writes)))).to.equal(GONE);
          if (writes === 0) {
            expect((await readTasks(db, of.goalId, of.userId)).tasks).to.have.length(10);
            return;
          }
          expectRefusal(await failureOf(readGoal(db, of.goalId, of.userId)), 404, 'goal_not_found');
          expect(await rowsOf(db.goals, of.goalId)).to.include('DELETED');
          await finishDeletion(db, of.goalId, 'someone else');
          expect(await rowsOf(db.goals, of.goalId)).to.include('DELETED');
          if (finish === 'listed') expect(await list(of.userId)).to.deep.equal([]);
          else await deleteGoal(db, { ...of, version: 1 }, later());
          await expectGone(of);
        });

    it('does not keep its user from the list of the others while it cannot be removed', async () => {
      const { of } = await givenTasks(1);
      await failureOf(remove(of, dyingAt(db, 1)));
      const { goalId } = await givenGoal(1, of.userId);
      const items = await list(of.userId, dyingAt(db, 0));
      expect(items.map((item) => item.goalId)).to.deep.equal([goalId]);
      expect(lines.at(-1)).to.include({ level: 'warn', goalId: of.goalId, errorName: 'Gone' });
    });

    it('is listed page by page past one that is being deleted', async () => {
      const { of } = await givenTasks(1);
      const { goalId } = await givenGoal(1, of.userId);
      await failureOf(remove(of, dyingAt(db, 1)));
      const down = dyingAt(db, 0);
      const { items, nextCursor } = await listGoals(down, of.userId, 1, undefined, cursors, log);
      const second = await listGoals(down, of.userId, 1, nextCursor ?? undefined, cursors, log);
      expect([items, second.items.map((item) => item.goalId)]).to.deep.equal([[], [goalId]]);
    });

    it('is not made again by its Idempotency-Key', async () => {
      const userId = `user-${randomUUID()}`;
      const create = () => createGoalOnce(db, { title: 'Run', actions: [] }, userId, 'key', randomUUID, later());
      const { goalId } = (await create()).goal;
      await remove({ goalId, userId });
      expectRefusal(await failureOf(create()), 409, 'goal_deleted');
      expect(await list(userId)).to.deep.equal([]);
      const fault = new Error('gone');
      const down = failing(db, (command, before) => (command === 'GetCommand' && before > 0 ? fault : undefined));
      expect(
        await failureOf(createGoalOnce(down, { title: 'Run', actions: [] }, userId, 'key', randomUUID, later())),
      ).to.equal(fault);
    });

    it('gets no task and no change any more, and leaves none', async () => {
      const { of, actions } = await givenTasks(1);
      const [task] = (await readTasks(db, of.goalId, of.userId)).tasks;
      await failureOf(remove(of, dyingAt(db, 1)));
      expectRefusal(await failureOf(add(of, actions[0]?.actionId ?? '')), 404, 'goal_not_found');
      const change = changeTask(db, { ...of, taskId: task?.taskId ?? '' }, { version: 1, status: 'done' }, later());
      expectRefusal(await failureOf(change), 404, 'goal_not_found');
      await finishDeletion(db, of.goalId, of.userId);
      await expectGone(of);
    });
  });

  describe('an action', () => {
    const keepFirst = async ({ goalId, userId }: Of): Promise<ChangeGoal> => {
      const { version, actions } = await readGoal(db, goalId, userId);
      return { version, actions: actions.slice(0, 1).map(({ position: _, ...action }) => action) };
    };
    const change = (of: Of, changes: ChangeGoal, on = db) => changeGoal(on, of, changes, randomUUID, later());
    const tasksIn = async ({ goalId, userId }: Of) => (await readTasks(db, goalId, userId)).tasks;
    const lineCount = async ({ goalId, userId }: Of) =>
      (await readTasksAsCsv(db, goalId, userId)).split('\r\n').length - 2;

    // The goal with its list; the tasks that are removed. What is noted of them is no transaction.
    for (const writes of [0, 1])
      for (const finish of ['asked for again', 'listed', 'changed once more', 'deleted'].slice(0, writes === 0 ? 1 : 4))
        it(`whose removal dies before its write ${writes + 1} is there as a whole or gone, and no task of it is left once the goal is ${finish}`, async () => {
          const { of } = await givenTasks(3);
          const changes = await keepFirst(of);
          expect(await failureOf(change(of, changes, dyingAt(db, writes)))).to.equal(GONE);
          const { actions } = await readGoal(db, of.goalId, of.userId);
          const shown = writes === 0 ? 10 : 4;
          expect([actions, await tasksIn(of)].map(({ length }) => length)).to.deep.equal([writes === 0 ? 3 : 1, shown]);
          expect(await lineCount(of)).to.equal(shown);
          expect((await readToday(db, of.userId, 100)).tasks).to.have.length(shown - 1);
          expect(await tasksOf(of.goalId)).to.have.length(10);
          if (writes === 0) return;
          if (finish === 'asked for again') expect(await change(of, changes)).to.include({ taskCount: 4 });
          if (finish === 'listed') await list(of.userId);
          if (finish === 'changed once more') await change(of, { version: changes.version + 1, title: 'x' });
          if (finish === 'deleted') {
            await remove(of);
            return expectGone(of);
          }
          expect(await tasksOf(of.goalId)).to.have.length(4);
          const goal = await goalOf(of.goalId);
          expect(goal).to.include({
            taskCount: 4,
            doneTaskCount: 0,
            version: changes.version + (finish === 'changed once more' ? 2 : 1),
          });
          expect(removedActions(goal ?? {})).to.deep.equal([]);
          expect((await list(of.userId)).map(({ taskCount }) => taskCount)).to.deep.equal([4]);
        });

    it('takes tasks with it that a person changed or added, also while they are being removed, and the counts are right', async () => {
      const { of, actions } = await givenTasks(3);
      const [last] = (await tasksIn(of)).filter(({ actionId }) => actionId === actions[2]?.actionId);
      const check = () =>
        changeTask(db, { ...of, taskId: last?.taskId ?? '' }, { version: 1, status: 'done' }, later());
      const changes = await keepFirst(of);
      let writes = 0;
      const on = intercepted(db, async (_input, command, send) => {
        if (command === 'TransactWriteCommand') {
          writes += 1;
          if (writes === 1) await add(of, actions[1]?.actionId ?? '');
          if (writes === 2) await check();
        }
        return send();
      });
      expect(await change(of, changes, on)).to.include({ taskCount: 4, doneTaskCount: 0 });
      expect(writes).to.equal(3);
      expect(await tasksOf(of.goalId)).to.have.length(4);
    });

    it('takes more tasks with it than one transaction removes, each of them once, also for several at once', async () => {
      const { of } = await givenTasks(36);
      const changes = await keepFirst(of);
      await failureOf(change(of, changes, dyingAt(db, 1)));
      await Promise.all([change(of, changes), change(of, changes), list(of.userId)]);
      expect(await tasksOf(of.goalId)).to.have.length(4);
      expect(await goalOf(of.goalId)).to.include({ taskCount: 4 });
    });

    it('of a goal from before its tasks were counted is taken out of the counts all the same', async () => {
      const { of } = await givenTasks(2);
      const { Item } = await db.client.send(
        new GetCommand({ TableName: db.goals, Key: { goalId: of.goalId, sk: 'GOAL' } }),
      );
      const { taskCount: _, doneTaskCount: __, ...old } = Item ?? {};
      await db.client.send(new PutCommand({ TableName: db.goals, Item: old }));
      expect(await change(of, await keepFirst(of))).to.include({ taskCount: 4, doneTaskCount: 0 });
      expect(await goalOf(of.goalId)).to.include({ taskCount: 4 });
    });

    it('is given up as transient when its tasks are changed without end', async () => {
      const { of } = await givenTasks(2);
      const never = refusing(db, (before) => (before > 0 ? cancelled('None', 'ConditionalCheckFailed') : undefined));
      expect(await failureOf(change(of, await keepFirst(of), never))).to.be.instanceOf(TransientError);
    });
  });

  it('are at most as many actions as a transaction holds', () => {
    expect(2 * LIMITS.actionsPerGoal + 1).to.be.above(100);
    expect(LIMITS.actionsPerGoal + 1).to.be.at.most(100);
  });
});
