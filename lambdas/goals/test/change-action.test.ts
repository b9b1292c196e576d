import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Database } from '@goal-activity/core/aws/database.ts';
import { TransientError } from '@goal-activity/core/errors.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { getGoal, listActions } from '@goal-activity/core/goal/rows.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { executionsOf } from '../../../test/support/stack/executions.ts';
import { givenExecution, givenGoal, givenSaved } from '../../../test/support/stack/goal.ts';
import { cancelled, failing } from '../../core/test/support/failing.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { changeAction, changeActionItems } from '../src/change-action.ts';

describe('changeAction', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const change = (of: { goalId: string; userId: string }, actionId: string, changes: object) =>
    changeAction(db, { ...of, actionId }, changes, new Date());
  const idAt = async (goalId: string, position: number) =>
    (await listActions(db, goalId))[position]?.actionId ?? 'none';

  it('changes what is given, keeps the rest, and raises the version of the goal', async () => {
    const of = await givenGoal(db, 2);
    const actionId = await idAt(of.goalId, 1);
    expect(await change(of, actionId, { title: ' Walk ' })).to.deep.equal({
      actionId,
      position: 1,
      title: 'Walk',
      description: '',
      type: 'habit',
      subGoal: null,
    });
    await change(of, actionId, { description: 'Slowly' });
    const actions = await listActions(db, of.goalId);
    expect(actions.map(({ title, description }) => [title, description])).to.deep.equal([
      ['Action 1', ''],
      ['Walk', 'Slowly'],
    ]);
    expect(await getGoal(db, of.goalId)).to.include({ version: 3, status: 'draft' });
  });

  it('is refused while an execution runs, and for an action that has tasks; a failed one can be changed', async () => {
    const execution = await givenExecution(db, { actionCount: 2 });
    const [saved, failed] = [await idAt(execution.goalId, 0), await idAt(execution.goalId, 1)];
    await givenSaved(db, execution, [0]);
    expectRefusal(await failureOf(change(execution, failed, { title: 'x' })), 409, 'goal_processing');
    const end = { status: 'by outcome', notify: 'machine' } as const;
    await settle(executions, execution.executionArn, end);
    expectRefusal(await failureOf(change(execution, saved, { title: 'x' })), 409, 'action_has_tasks');
    expect(await change(execution, failed, { title: 'x' })).to.include({ title: 'x' });
  });

  it('knows no action of another goal, and no goal of another user (rule 5)', async () => {
    const [of, other] = [await givenGoal(db), await givenGoal(db)];
    const foreign = await idAt(other.goalId, 0);
    expectRefusal(await failureOf(change(of, foreign, { title: 'x' })), 404, 'action_not_found');
    const stranger = { goalId: other.goalId, userId: of.userId };
    expect(await failureOf(change(stranger, foreign, { title: 'x' }))).to.include({ code: 'goal_not_found' });
  });

  it('loses no change when many come at once: each raises the version', async () => {
    const of = await givenGoal(db, 3);
    const actionIds = await Promise.all([0, 1, 2].map((position) => idAt(of.goalId, position)));
    await Promise.all(actionIds.map((actionId, index) => change(of, actionId, { title: `New ${index}` })));
    const titles = (await listActions(db, of.goalId)).map(({ title }) => title);
    expect(titles).to.deep.equal(['New 0', 'New 1', 'New 2']);
    expect(await getGoal(db, of.goalId)).to.include({ version: 4 });
  });

  it('makes 200 changes that come at once, and sends nobody away (193 of 200 were, when each change waited for all others)', async () => {
    const of = await givenGoal(db, 64);
    const actions = await listActions(db, of.goalId);
    const fields = ['title', 'description'] as const;
    const changes = Array.from({ length: 200 }, (_, index) => ({
      actionId: actions[index % 64]?.actionId ?? 'none',
      change: { [fields[Math.floor(index / 64) % 2] ?? 'title']: `Writer ${index}` },
    }));
    await Promise.all(changes.map(({ actionId, change: made }) => change(of, actionId, made)));
    expect(await getGoal(db, of.goalId)).to.include({ version: 201 });
    for (const { title, description } of await listActions(db, of.goalId))
      expect([title, description]).to.satisfy((texts: string[]) => texts.every((text) => text.startsWith('Writer ')));
  });

  it('is refused by its conditions once an execution has begun, or another action is in its place', async () => {
    const { goalId } = await givenGoal(db, 1);
    const [goal, [action]] = [await getGoal(db, goalId), await listActions(db, goalId)];
    if (goal === undefined || action === undefined) throw new Error('a goal with an action');
    const send = (request: ReturnType<typeof changeActionItems>) =>
      db.client.send(new TransactWriteCommand({ TransactItems: request }));
    const other = changeActionItems(db, goal, { ...action, actionId: 'another' }, { title: 'other' }, new Date());
    expect((await failureOf(send(other))).name).to.equal('TransactionCanceledException');
    await givenExecution(db, { goalId });
    const late = changeActionItems(db, goal, action, { title: 'late' }, new Date());
    expect((await failureOf(send(late))).name).to.equal('TransactionCanceledException');
    const processing = await getGoal(db, goalId);
    if (processing === undefined) throw new Error('a goal');
    const during = changeActionItems(db, processing, action, { title: 'during' }, new Date());
    expect((await failureOf(send(during))).name).to.equal('TransactionCanceledException');
    expect((await listActions(db, goalId))[0]).to.include({ title: 'Action 1' });
  });

  it('is refused by its conditions when an execution has begun and ended since the goal was read: it may have made tasks', async () => {
    const { goalId } = await givenGoal(db, 1);
    const [goal, [action]] = [await getGoal(db, goalId), await listActions(db, goalId)];
    if (goal === undefined || action === undefined) throw new Error('a goal with an action');
    const execution = await givenExecution(db, { goalId, saved: [0] });
    const end = { status: 'by outcome', notify: 'machine' } as const;
    await settle(executions, execution.executionArn, end);
    const late = new TransactWriteCommand({
      TransactItems: changeActionItems(db, goal, action, { title: 'late' }, new Date()),
    });
    expect((await failureOf(db.client.send(late))).name).to.equal('TransactionCanceledException');
    expect((await listActions(db, goalId))[0]).to.include({ title: 'Action 1' });
  });

  it('tries again on fresh data when the goal was changed, and gives up as transient', async () => {
    const of = await givenGoal(db, 1);
    const actionId = await idAt(of.goalId, 0);
    const changing = (db: Database, title: string) => changeAction(db, { ...of, actionId }, { title }, new Date());
    const busy = failing(db, (command, before) =>
      command === 'TransactWriteCommand' && before < 2 ? cancelled('None', 'ConditionalCheckFailed') : undefined,
    );
    expect(await changing(busy, 'new')).to.include({ title: 'new' });
    let tries = 0;
    const without = failing(db, (command) => {
      if (command !== 'TransactWriteCommand') return undefined;
      tries += 1;
      return cancelled('ConditionalCheckFailed', 'None');
    });
    expect(await failureOf(changing(without, 'x'))).to.be.instanceOf(TransientError);
    expect(tries).to.equal(5);
  });

  it('passes on any other fault of the database', async () => {
    const of = await givenGoal(db, 1);
    const actionId = await idAt(of.goalId, 0);
    for (const fault of [new Error('gone'), cancelled('None', 'TransactionConflict')]) {
      const broken = failing(db, (command) => (command === 'TransactWriteCommand' ? fault : undefined));
      expect(await failureOf(changeAction(broken, { ...of, actionId }, { title: 'x' }, new Date()))).to.equal(fault);
    }
  });
});
