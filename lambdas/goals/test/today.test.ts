import { randomUUID } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { GoalStatus, TaskRow } from '@goal-activity/core/types.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { intercepted, refusing, watched } from '../../core/test/support/failing.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { createGoal } from '../src/goals.ts';
import { deleteGoal } from '../src/removal/delete-goal.ts';
import { readToday } from '../src/today.ts';

describe('today', () => {
  const { db, goalOf } = useTables();
  const newUser = () => `user-${randomUUID()}`;

  interface Given {
    readonly status?: GoalStatus;
    readonly deadline?: string | null;
    readonly counts?: object;
    /** Minutes of its tasks; of habits if they are below zero, and of tasks that are done with a half. */
    readonly minutes?: readonly number[];
    readonly createdAt?: Date;
  }

  /** A goal of one action with such tasks. */
  async function given(userId: string, { minutes = [], ...goal }: Given) {
    const { status = 'active', deadline = null, createdAt = new Date() } = goal;
    const body = { title: `Until ${deadline}`, deadline, actions: [{ title: 'Jog', type: 'habit' as const }] };
    const { goalId, actions } = await createGoal(db, body, userId, randomUUID, createdAt);
    const counts = { taskCount: minutes.length, doneTaskCount: minutes.filter((each) => each % 1 !== 0).length };
    const Item = { ...(await goalOf(goalId)), sk: 'GOAL', status, ...(goal.counts ?? counts) };
    await db.client.send(new PutCommand({ TableName: db.goals, Item }));
    const actionId = actions[0]?.actionId ?? '';
    const tasks = minutes.map(
      (each, index): TaskRow => ({
        ...{ goalId, taskId: `${actionId}#1-${index}`, actionId, title: `Task ${index}`, description: '' },
        ...{ type: each < 0 ? 'habit' : 'execution', estimatedMinutes: Math.trunc(Math.abs(each)) },
        status: each % 1 === 0 ? 'not_started' : 'done',
      }),
    );
    await Promise.all(
      tasks.map((task) => db.client.send(new PutCommand({ TableName: db.tasks, Item: { ...task, sk: task.taskId } }))),
    );
    return { goalId, actionId };
  }

  it('has the open habits and the shortest other open tasks of all goals, each with what it is for', async () => {
    const userId = newUser();
    const later = await given(userId, { deadline: '2027-05-01', minutes: [15, 5, -30, -10, 7.5, -3.5] });
    await given(userId, { status: 'partial', deadline: '2027-01-01', minutes: [15, 60, -10] });
    await given(userId, { status: 'processing', minutes: [15, 20], counts: { taskCount: 0, doneTaskCount: 0 } });
    const { habits, tasks } = await readToday(db, userId, 4);
    const shown = (each: typeof tasks) => each.map((task) => [task.estimatedMinutes, task.deadline]);
    expect(shown(habits)).to.deep.equal([
      [10, '2027-01-01'],
      [10, '2027-05-01'],
      [30, '2027-05-01'],
    ]);
    expect(shown(tasks)).to.deep.equal([
      [5, '2027-05-01'],
      [15, '2027-01-01'],
      [15, '2027-05-01'],
      [15, null],
    ]);
    const { goalId, actionId } = later;
    expect(tasks[0]).to.deep.equal({
      ...{
        taskId: `${actionId}#1-1`,
        actionId,
        title: 'Task 1',
        description: '',
        type: 'execution',
        estimatedMinutes: 5,
      },
      ...{ status: 'not_started', executionArn: null, version: 1, changedAt: null },
      ...{ goalId, goalTitle: 'Until 2027-05-01', actionTitle: 'Jog', deadline: '2027-05-01' },
    });
    expect(await readToday(db, newUser(), 4)).to.deep.equal({ habits: [], tasks: [] });
  });

  it('leaves out goals without tasks to do, without reading their tasks', async () => {
    const userId = newUser();
    for (const status of ['draft', 'failed'] as const) await given(userId, { status, minutes: [5] });
    await given(userId, { minutes: [5.5, -5.5] });
    await given(userId, {});
    const { db: on, commands } = watched(db);
    expect(await readToday(on, userId, 10)).to.deep.equal({ habits: [], tasks: [] });
    expect(commands).to.deep.equal(['QueryCommand']);
    await given(userId, { minutes: [5], counts: { taskCount: undefined, doneTaskCount: undefined } });
    expect((await readToday(on, userId, 10)).tasks).to.have.length(1);
  });

  it('reads the tasks of 25 goals at most, the newest, whatever there is', async () => {
    const userId = newUser();
    const days = Array.from({ length: 30 }, (_, day) => new Date(Date.UTC(2026, 0, day + 1)));
    await Promise.all(days.map((createdAt, day) => given(userId, { createdAt, minutes: [30 - day] })));
    const { db: on, commands } = watched(db);
    const { tasks } = await readToday(on, userId, 100);
    expect(tasks.map(({ estimatedMinutes }) => estimatedMinutes)).to.deep.equal(
      Array.from({ length: 25 }, (_, at) => at + 1),
    );
    expect(commands).to.have.length(1 + 2 * 25);
  });

  it('leaves out what is of no action of its goal, and a goal that was deleted since the index was read', async () => {
    const userId = newUser();
    const { goalId } = await given(userId, { minutes: [5] });
    await db.client.send(
      new UpdateCommand({
        TableName: db.goals,
        Key: { goalId, sk: 'ACTION#00' },
        UpdateExpression: 'SET actionId = :other',
        ExpressionAttributeValues: { ':other': 'other' },
      }),
    );
    expect((await readToday(db, userId, 10)).tasks).to.deep.equal([]);
    const other = newUser();
    const deleted = await given(other, { minutes: [5] });
    let isFirst = true;
    const on = intercepted(db, async (_input, _command, send) => {
      const answer = await send();
      if (isFirst) {
        isFirst = false;
        const dying = refusing(db, (before) => (before > 0 ? new Error('gone') : undefined));
        await failureOf(deleteGoal(dying, { goalId: deleted.goalId, userId: other, version: 1 }, new Date()));
      }
      return answer;
    });
    expect(await readToday(on, other, 10)).to.deep.equal({ habits: [], tasks: [] });
  });
});
