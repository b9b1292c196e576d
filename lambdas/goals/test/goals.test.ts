import { randomUUID } from 'node:crypto';
import { Problem } from '@goal-activity/core/errors.ts';
import { createCursors } from '@goal-activity/core/http/cursor.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { saveInput } from '../../../test/support/stack/goal.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { assertCreatable, type CreateGoal, createGoal, newGoal, readGoal, readTasks } from '../src/goals.ts';
import { listGoals } from '../src/list-goals.ts';

const body = (changes: Partial<CreateGoal> = {}): CreateGoal => ({
  title: '  Run a marathon ',
  description: 'In under 4 hours',
  deadline: '2027-05-01',
  actions: [
    { title: 'Jog', type: 'habit', subGoal: 'Stamina' },
    { title: 'Buy shoes', type: 'execution', description: 'Light ones' },
  ],
  ...changes,
});

describe('goals', () => {
  const { db, givenGoal, givenExecution } = useTables();
  const newUser = () => `user-${randomUUID()}`;
  const cursors = createCursors(async () => 'key');
  const { log } = createMemoryLog();

  it('are created as drafts with their actions in order, also 64 of the longest text, and read back the same', async () => {
    const userId = newUser();
    const longest = { title: '目'.repeat(200), description: '標'.repeat(2000), type: 'habit' as const };
    const actions = [...body().actions, ...Array.from({ length: 62 }, () => longest)];
    const now = new Date();
    const created = await createGoal(db, body({ actions }), userId, randomUUID, now);
    const { goalId } = created;
    const texts = { title: 'Run a marathon', description: 'In under 4 hours', deadline: '2027-05-01' };
    const counts = { taskCount: 0, doneTaskCount: 0 };
    const made = { goalId, ...texts, status: 'draft', version: 1, createdAt: now.toISOString(), ...counts };
    expect(created).to.include({ ...made, executionArn: null });
    const { items } = await listGoals(db, userId, 10, undefined, cursors, log);
    expect(items).to.deep.equal([{ ...made, actionCount: 64, executionArn: null }]);
    expect(created.actions.map(({ position, title, subGoal }) => [position, title, subGoal])).to.deep.equal([
      [0, 'Jog', 'Stamina'],
      [1, 'Buy shoes', null],
      ...Array.from({ length: 62 }, (_, index) => [index + 2, longest.title, null]),
    ]);
    await failureOf(createGoal(db, body(), 'another', () => goalId, now));
    expect(await readGoal(db, goalId, userId)).to.deep.equal(created);
  });

  it("are nobody else's business (rule 5)", async () => {
    const { goalId } = await givenGoal();
    for (const read of [readGoal, readTasks]) {
      expectRefusal(await failureOf(read(db, goalId, newUser())), 404, 'goal_not_found');
      expectRefusal(await failureOf(read(db, 'unknown', newUser())), 404, 'goal_not_found');
    }
    expect((await listGoals(db, newUser(), 10, undefined, cursors, log)).items).to.deep.equal([]);
  });

  it('are listed newest first, page by page, each once', async () => {
    const userId = newUser();
    const created: string[] = [];
    for (let day = 1; day <= 5; day += 1) {
      created.push((await createGoal(db, body(), userId, randomUUID, new Date(Date.UTC(2026, 0, day)))).goalId);
    }
    const pages: string[][] = [];
    let cursor: string | undefined;
    while (pages.length < 3) {
      const { items, nextCursor } = await listGoals(db, userId, 2, cursor, cursors, log);
      pages.push(items.map(({ goalId }) => goalId));
      cursor = nextCursor ?? undefined;
    }
    const [first, second, third, fourth, fifth] = created;
    expect([...pages, cursor]).to.deep.equal([[fifth, fourth], [third, second], [first], undefined]);
  });

  it("take no cursor that is not of this user's goals", async () => {
    const userId = newUser();
    const now = new Date();
    await createGoal(db, body(), userId, randomUUID, now);
    const { nextCursor } = await listGoals(db, userId, 1, undefined, cursors, log);
    // After it, in a list that has the newest first.
    const place = { goalId: 'g', createdAt: new Date(now.getTime() - 1_000).toISOString() };
    const own = await cursors.write(['goals', userId], place);
    expect((await listGoals(db, userId, 1, own, cursors, log)).items).to.deep.equal([]);
    for (const [who, cursor] of [
      [newUser(), nextCursor ?? ''],
      [userId, await cursors.write(['workflows', userId], place)],
      [userId, await cursors.write(['goals', userId], { ...place, goalId: 7 })],
    ] as const) {
      const thrown = await failureOf(listGoals(db, who, 1, cursor, cursors, log));
      expectRefusal(thrown, 422, 'invalid_request');
    }
  });

  it('show the tasks of every execution, with the execution that made them', async () => {
    const execution = await givenExecution({ actionCount: 2, saved: [0, 1] });
    const { executionArn, goalId, userId, actions } = execution;
    expect((await listGoals(db, userId, 1, undefined, cursors, log)).items[0]).to.include({ executionArn });
    const { tasks } = await readTasks(db, goalId, userId);
    expect(tasks).to.have.length(6);
    const actionId = actions[0]?.actionId;
    const made = { taskId: `${actionId}#1-0`, actionId, executionArn, ...saveInput(execution, 0).tasks[0] };
    expect(tasks).to.deep.include({ ...made, status: 'not_started', version: 1, changedAt: null });
  });
});

describe('the request to create a goal', () => {
  it('is refused with 65 actions under a code of its own, and with a day that no calendar has', async () => {
    const actions = Array.from({ length: 65 }, () => ({ title: 'a', type: 'habit' as const }));
    const thrown = await failureOf((async () => assertCreatable(body({ actions })))());
    expectRefusal(thrown, 422, 'too_many_actions');
    for (const deadline of ['2027-02-29', '2027-13-01', '2027-00-10', '2027-04-31', '2027-01-00'])
      expect(() => assertCreatable(body({ deadline })), deadline)
        .to.throw(Problem)
        .with.deep.property('errors', [{ path: '/deadline', message: 'must be a day of the calendar' }]);
    for (const deadline of ['2028-02-29', null])
      expect(() => assertCreatable(body({ actions: actions.slice(1), deadline }))).not.to.throw();
  });

  it('leaves to the schema what is no request at all', () => {
    const deadlines = ['soon', 'x2027-13-01', '2027-13-01x', ['2027-13-01'], 7].map((deadline) => ({ deadline }));
    for (const none of [undefined, null, 'text', 7, { actions: 'many' }, ...deadlines])
      expect(() => assertCreatable(none), JSON.stringify(none)).not.to.throw();
  });

  it('is taken without spaces around its texts, and with nothing where nothing is given', () => {
    const sent = { title: ' G ', actions: [{ title: ' A ', type: 'habit' as const, subGoal: ' S ' }] };
    const now = new Date();
    const { goal, actions } = newGoal(sent, 'u', () => 'id', now);
    expect(goal).to.deep.equal({
      goalId: 'id',
      userId: 'u',
      title: 'G',
      description: '',
      deadline: null,
      status: 'draft',
      version: 1,
      actionCount: 1,
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
      attempt: 0,
      taskCount: 0,
      doneTaskCount: 0,
    });
    const action = { goalId: 'id', actionId: 'id', position: 0, title: 'A', description: '', type: 'habit' };
    expect(actions).to.deep.equal([{ ...action, subGoal: 'S' }]);
    const [plain] = newGoal({ ...sent, actions: [{ title: 'A', type: 'habit' }] }, 'u', () => 'id', now).actions;
    expect(plain).to.deep.equal(action);
  });
});
