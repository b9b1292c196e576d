import { randomUUID } from 'node:crypto';
import { Problem, TransientError } from '@goal-activity/core/errors.ts';
import { createCursors } from '@goal-activity/core/http/cursor.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { cancelled, refusing } from '../../core/test/support/failing.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { changeAction } from '../src/change-action.ts';
import type { CreateGoal } from '../src/goals.ts';
import { createGoalOnce, readKey } from '../src/idempotency.ts';
import { listGoals } from '../src/list-goals.ts';

describe('createGoalOnce', () => {
  const { db } = useTables();
  const cursors = createCursors(async () => 'key');
  const { log } = createMemoryLog();
  const body: CreateGoal = { title: 'Run', actions: [{ title: 'Jog', type: 'habit' }] };
  const create = (userId: string, key: string, sent = body) =>
    createGoalOnce(db, sent, userId, key, randomUUID, new Date());
  const count = async (userId: string) => (await listGoals(db, userId, 100, undefined, cursors, log)).items.length;

  it('creates one goal for a key, and answers it as it is now when the request comes again', async () => {
    const userId = `user-${randomUUID()}`;
    const first = await create(userId, 'key-1');
    const { goalId, actions } = first.goal;
    await changeAction(db, { goalId, userId, actionId: actions[0]?.actionId ?? '' }, { title: 'Walk' }, new Date());
    const again = await create(userId, 'key-1');
    expect([first.isNew, again.isNew]).to.deep.equal([true, false]);
    expect(again.goal).to.deep.include({ goalId, version: 2 });
    expect(await count(userId)).to.equal(1);
    expect((await create(userId, 'key-2')).isNew).to.equal(true);
    expect(await count(userId)).to.equal(2);
    expect((await create(`user-${randomUUID()}`, 'key-1')).isNew).to.equal(true);
  });

  it('creates one goal however many requests come at once, and answers all with it', async () => {
    const userId = `user-${randomUUID()}`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(userId, 'same')));
    expect(answers.filter(({ isNew }) => isNew)).to.have.length(1);
    expect(new Set(answers.map(({ goal }) => goal.goalId)).size).to.equal(1);
    expect(await count(userId)).to.equal(1);
  });

  it('refuses the key with another body, and takes the same values in another order', async () => {
    const userId = `user-${randomUUID()}`;
    const { goal } = await create(userId, 'k');
    for (const other of [
      { ...body, title: 'Swim' },
      { ...body, actions: [...body.actions, ...body.actions] },
    ])
      expectRefusal(await failureOf(create(userId, 'k', other)), 422, 'idempotency_key_reused');
    const reordered: CreateGoal = { actions: [{ type: 'habit', title: 'Jog' }], title: 'Run' };
    expect((await create(userId, 'k', reordered)).goal.goalId).to.equal(goal.goalId);
  });

  it('tries again while another request writes, gives up as transient, having created nothing, and passes on other faults', async () => {
    const userId = `user-${randomUUID()}`;
    let tries = 0;
    const createWith = (failureOfTry: (before: number) => Error | undefined) => {
      const on = refusing(db, (before) => {
        tries = before + 1;
        return failureOfTry(before);
      });
      return createGoalOnce(on, body, userId, 'k', randomUUID, new Date());
    };
    const always = () => cancelled('ConditionalCheckFailed', 'None');
    expect(await failureOf(createWith(always))).to.be.instanceOf(TransientError);
    expect(tries).to.equal(3);
    const conflict = cancelled('TransactionConflict', 'ConditionalCheckFailed');
    for (const fault of [new Error('gone'), conflict, cancelled('ThrottlingError')])
      expect(await failureOf(createWith(() => fault))).to.equal(fault);
    expect(await count(userId)).to.equal(0);
    const once = (before: number) => (before === 0 ? cancelled('ConditionalCheckFailed') : undefined);
    expect((await createWith(once)).isNew).to.equal(true);
  });
});

describe('readKey', () => {
  it('takes 1 to 255 visible ASCII characters', () => {
    for (const key of [undefined, '!', '~', 'x'.repeat(255)]) expect(readKey(key)).to.equal(key);
    for (const key of ['', ' ', 'a b', 'é', '\u007f', 'x'.repeat(256)]) {
      expect(() => readKey(key), JSON.stringify(key))
        .to.throw(Problem)
        .with.deep.property('errors', [
          { path: '/Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' },
        ]);
    }
  });
});
