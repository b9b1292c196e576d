import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '@goal-activity/core/errors.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { cancelled, intercepted, refusing } from '../../core/test/support/failing.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { changeAction } from '../src/change-action.ts';
import { changeGoal } from '../src/change-goal.ts';
import { type ChangeGoal, readGoal } from '../src/goals.ts';
import { removedActions } from '../src/removal/removed-actions.ts';

type Of = { readonly goalId: string; readonly userId: string };

describe('changeGoal', () => {
  const { db, goalOf, actionsOf, tasksOf, givenGoal, givenExecution } = useTables();
  const now = new Date(Date.now() + 1_000);
  const change = (of: Of, changes: ChangeGoal, on = db) => changeGoal(on, of, changes, randomUUID, now);
  const read = (of: Of) => readGoal(db, of.goalId, of.userId);
  /** The list of actions as a client has it that has read the goal. */
  const listOf = async (of: Of) => (await read(of)).actions.map(({ position: _, ...action }) => action);
  /** A goal of which these actions have three tasks each. */
  async function givenEnded(actionCount: number, saved: readonly number[]) {
    const { goalId, userId } = await givenExecution({ actionCount, saved, ended: BY_OUTCOME });
    const of = { goalId, userId };
    return { of, version: (await read(of)).version };
  }

  it('changes the texts that are given and keeps the rest, as the next version', async () => {
    const of = await givenGoal(2);
    const before = await read(of);
    const changed = await change(of, { version: 1, title: ' New ', deadline: '2027-01-31' });
    expect(changed).to.deep.equal({ ...before, title: 'New', deadline: '2027-01-31', version: 2 });
    expect(await change(of, { version: 2, deadline: null, description: 'Why' })).to.include({
      ...{ title: 'New', deadline: null, description: 'Why', version: 3, status: 'draft' },
    });
    expect(await goalOf(of.goalId)).to.include({ updatedAt: now.toISOString(), actionCount: 2 });
  });

  it('makes the list what is asked for: in its order, with new texts, new actions, and without those left out', async () => {
    const of = await givenGoal(3);
    const [first, second, third] = await listOf(of);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three actions');
    const actions: ChangeGoal['actions'] = [
      { ...third, subGoal: ' Base ' },
      { title: ' New ', type: 'execution' },
      { ...first, title: 'Other', description: 'Text', type: 'execution' },
    ];
    const changed = await change(of, { version: 1, actions });
    const [, added] = changed.actions;
    expect(changed.actions).to.deep.equal([
      { ...third, position: 0, subGoal: 'Base' },
      { actionId: added?.actionId, position: 1, title: 'New', description: '', type: 'execution', subGoal: null },
      { ...first, position: 2, title: 'Other', description: 'Text', type: 'execution' },
    ]);
    expect([first, second, third].map(({ actionId }) => actionId)).to.not.include(added?.actionId);
    const without = changed.actions.slice(0, 1).map(({ position: _, subGoal: __, ...action }) => action);
    expect((await change(of, { version: 2, actions: without })).actions).to.deep.equal([{ ...third, position: 0 }]);
    expect(await goalOf(of.goalId)).to.include({ actionCount: 1, version: 3 });
    expect((await change(of, { version: 3, actions: [] })).actions).to.deep.equal([]);
  });

  it('takes 64 new actions for 64 old ones in one transaction', async () => {
    const of = await givenGoal(64);
    const title = '目'.repeat(200);
    const longest = { title, description: '標'.repeat(2000), type: 'habit' as const, subGoal: title };
    const { actions } = await change(of, { version: 1, actions: Array.from({ length: 64 }, () => longest) });
    expect(actions.map((action) => action.title)).to.deep.equal(Array(64).fill(title));
  });

  it('removes the tasks of actions that are left out with their counts, and keeps those of the others', async () => {
    const { of, version } = await givenEnded(3, [0, 1, 2]);
    const [first, , third] = await listOf(of);
    const [task] = (await tasksOf(of.goalId)).filter(({ actionId }) => actionId === third?.actionId);
    if (first === undefined || task === undefined) throw new Error('tasks');
    const changed = await change(of, { version, actions: [{ ...first, title: 'Other' }] });
    expect(changed).to.include({ status: 'active', taskCount: 3, doneTaskCount: 0 });
    expect((await tasksOf(of.goalId)).map(({ actionId }) => actionId)).to.deep.equal(Array(3).fill(first.actionId));
    expect(removedActions((await goalOf(of.goalId)) ?? {})).to.deep.equal([]);
  });

  for (const [what, saved, keep, add, expected] of [
    ['an active goal with a new action', [0, 1], [0, 1], 1, 'partial'],
    ['an active goal with fewer actions', [0, 1], [1], 0, 'active'],
    ['an active goal with other actions alone', [0, 1], [], 1, 'draft'],
    ['an active goal without actions', [0, 1], [], 0, 'draft'],
    ['a partial goal without those that have no tasks', [0], [0], 0, 'active'],
    ['a partial goal in another order', [0], [1, 0], 0, 'partial'],
    ['a partial goal without those that have tasks', [0], [1], 0, 'draft'],
    ['a failed goal with a new action', [], [0, 1], 1, 'failed'],
    ['a failed goal without actions', [], [], 0, 'draft'],
  ] as const)
    it(`leaves ${what} ${expected}, as its tasks say`, async () => {
      const { of, version } = await givenEnded(2, saved);
      const before = await listOf(of);
      const actions = [
        ...keep.flatMap((at) => before[at] ?? []),
        ...Array.from({ length: add }, () => ({ title: 'New', type: 'habit' as const })),
      ];
      expect((await change(of, { version, actions })).status).to.equal(expected);
      const { title } = await change(of, { version: version + 1, title: 'Text' });
      expect([title, (await read(of)).status]).to.deep.equal(['Text', expected]);
    });

  it('counts an action of an active goal as done whose tasks a person has removed', async () => {
    const { of, version } = await givenEnded(2, [0, 1]);
    const [first, second] = await actionsOf(of.goalId);
    const actions = await listOf(of);
    if (first === undefined || second === undefined) throw new Error('two actions');
    await Promise.all(
      (await tasksOf(of.goalId)).map(({ goalId, taskId }) =>
        db.client.send(new DeleteCommand({ TableName: db.tasks, Key: { goalId, sk: taskId } })),
      ),
    );
    expect((await change(of, { version, actions: actions.toReversed() })).status).to.equal('active');
  });

  it('answers a repetition with what is there, once more and without another version', async () => {
    const of = await givenGoal(2);
    const [first] = await listOf(of);
    if (first === undefined) throw new Error('an action');
    const changes: ChangeGoal = {
      version: 1,
      title: ' New ',
      deadline: '2027-01-31',
      actions: [{ title: ' A ', type: 'habit', subGoal: ' S ' }, first],
    };
    const once = await change(of, changes);
    expect(await change(of, changes)).to.deep.equal(once);
    const [added, last] = changes.actions ?? [];
    if (added === undefined || last === undefined) throw new Error('two actions');
    for (const other of [
      { ...changes, title: 'Another' },
      { ...changes, deadline: null },
      { ...changes, description: 'x' },
      { ...changes, actions: [added] },
      { ...changes, actions: [added, last, added] },
      { ...changes, actions: [last, added] },
      { ...changes, actions: [{ ...added, subGoal: null }, last] },
      { ...changes, actions: [{ ...added, type: 'execution' as const }, last] },
    ])
      expectRefusal(await failureOf(change(of, other)), 409, 'goal_changed');
    await change(of, { version: 2, description: 'x' });
    expectRefusal(await failureOf(change(of, changes)), 409, 'goal_changed');
  });

  it('is refused with another version, while an execution runs, for what is not there, and for what is not one’s own', async () => {
    const of = await givenGoal(2);
    const [first] = await listOf(of);
    const [foreign] = await listOf(await givenGoal(1));
    if (first === undefined || foreign === undefined) throw new Error('actions');
    for (const version of [2, 7])
      expectRefusal(await failureOf(change(of, { version, title: 'x' })), 409, 'goal_changed');
    expectRefusal(await failureOf(change(of, { version: 1, actions: [foreign] })), 404, 'action_not_found');
    const twice = await failureOf(change(of, { version: 1, actions: [first, first] }));
    expectRefusal(twice, 422, 'invalid_request');
    const stranger = { ...of, userId: 'someone else' };
    expectRefusal(await failureOf(change(stranger, { version: 1, title: 'x' })), 404, 'goal_not_found');
    const before = await read(of);
    await givenExecution({ goalId: of.goalId });
    for (const version of [1, 2])
      expectRefusal(await failureOf(change(of, { version, title: 'x' })), 409, 'goal_processing');
    expect(await read(of)).to.include({ title: before.title, status: 'processing' });
  });

  it('loses to whoever starts or changes the goal after it was read, and says so', async () => {
    for (const [meanwhile, code] of [
      [(of: Of) => givenExecution({ goalId: of.goalId }), 'goal_processing'],
      [(of: Of) => change(of, { version: 1, description: 'x' }), 'goal_changed'],
      [
        async (of: Of) =>
          changeAction(db, { ...of, actionId: (await listOf(of))[0]?.actionId ?? '' }, { title: 'x' }, now),
        'goal_changed',
      ],
    ] as const) {
      const of = await givenGoal(2);
      const actions = (await listOf(of)).slice(1);
      let isFirst = true;
      const on = intercepted(db, async (_input, command, send) => {
        if (command === 'TransactWriteCommand' && isFirst) {
          isFirst = false;
          await meanwhile(of);
        }
        return send();
      });
      expectRefusal(await failureOf(change(of, { version: 1, actions }, on)), 409, code);
      expect((await read(of)).actions).to.have.length(2);
    }
  });

  it('gives up as transient when its writes are refused without end, and passes on any other fault', async () => {
    const of = await givenGoal(1);
    const always = refusing(db, () => cancelled('ConditionalCheckFailed'));
    expect(await failureOf(change(of, { version: 1, title: 'x' }, always))).to.be.instanceOf(TransientError);
    for (const fault of [new Error('gone'), cancelled('None', 'ConditionalCheckFailed')])
      expect(
        await failureOf(
          change(
            of,
            { version: 1, title: 'x' },
            refusing(db, () => fault),
          ),
        ),
      ).to.equal(fault);
  });
});
