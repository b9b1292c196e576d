import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '@goal-activity/core/errors.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { cancelled, refusing } from '../../core/test/support/failing.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { changeAction, changeActionItems } from '../src/change-action.ts';

describe('changeAction', () => {
  const { db, executions, goalOf, actionsOf, givenGoal, givenExecution, givenSaved } = useTables();
  const change = (of: { goalId: string; userId: string }, actionId: string, changes: object) =>
    changeAction(db, { ...of, actionId }, changes, new Date());
  const idAt = async (goalId: string, position: number) => (await actionsOf(goalId))[position]?.actionId ?? 'none';

  it('changes what is given, keeps the rest, and raises the version of the goal', async () => {
    const of = await givenGoal(2);
    const actionId = await idAt(of.goalId, 1);
    expect(await change(of, actionId, { title: ' Walk ' })).to.deep.equal({
      actionId,
      position: 1,
      title: 'Walk',
      description: '',
      type: 'habit',
      subGoal: null,
    });
    const now = new Date(Date.now() + 1_000);
    await changeAction(db, { ...of, actionId }, { description: 'Slowly' }, now);
    const actions = await actionsOf(of.goalId);
    expect(actions.map(({ title, description }) => [title, description])).to.deep.equal([
      ['Action 1', ''],
      ['Walk', 'Slowly'],
    ]);
    expect(await goalOf(of.goalId)).to.include({ version: 3, status: 'draft', updatedAt: now.toISOString() });
  });

  it('is refused while an execution runs, and for an action that has tasks; a failed one can be changed', async () => {
    const execution = await givenExecution({ actionCount: 2 });
    const [saved, failed] = [await idAt(execution.goalId, 0), await idAt(execution.goalId, 1)];
    await givenSaved(execution, [0]);
    expectRefusal(await failureOf(change(execution, failed, { title: 'x' })), 409, 'goal_processing');
    await settle(executions, execution.executionArn, BY_OUTCOME);
    expectRefusal(await failureOf(change(execution, saved, { title: 'x' })), 409, 'action_has_tasks');
    expect(await change(execution, failed, { title: 'x' })).to.include({ title: 'x' });
  });

  it('knows no action of another goal, and no goal of another user (rule 5)', async () => {
    const [of, other] = [await givenGoal(), await givenGoal()];
    const foreign = await idAt(other.goalId, 0);
    expectRefusal(await failureOf(change(of, foreign, { title: 'x' })), 404, 'action_not_found');
    const stranger = { goalId: other.goalId, userId: of.userId };
    expect(await failureOf(change(stranger, foreign, { title: 'x' }))).to.include({ code: 'goal_not_found' });
  });

  it('is refused by its conditions where another action is in its place, or an execution runs or ran: it may have made tasks', async () => {
    const { goalId } = await givenGoal(1);
    const read = async () => {
      const [goal, [action]] = [await goalOf(goalId), await actionsOf(goalId)];
      if (goal === undefined || action === undefined) throw new Error('a goal with an action');
      return { goal, action };
    };
    const refused = async ({ goal, action }: Awaited<ReturnType<typeof read>>) => {
      const TransactItems = changeActionItems(db, goal, action, { title: 'late' }, new Date());
      const failure = await failureOf(db.client.send(new TransactWriteCommand({ TransactItems })));
      expect(failure.name).to.equal('TransactionCanceledException');
    };
    const { goal, action } = await read();
    await refused({ goal, action: { ...action, actionId: 'another' } });
    const { executionArn } = await givenExecution({ goalId, saved: [0] });
    await refused({ goal, action });
    await refused(await read());
    await settle(executions, executionArn, BY_OUTCOME);
    await refused({ goal, action });
    expect((await actionsOf(goalId))[0]).to.include({ title: 'Action 1' });
  });

  it('tries again on fresh data when the goal was changed, gives up as transient, and passes on any other fault', async () => {
    const of = await givenGoal(1);
    const actionId = await idAt(of.goalId, 0);
    let tries = 0;
    const changing = (failureOfTry: (before: number) => Error | undefined) => {
      const on = refusing(db, (before) => {
        tries = before + 1;
        return failureOfTry(before);
      });
      return changeAction(on, { ...of, actionId }, { title: 'new' }, new Date());
    };
    const twice = (before: number) => (before < 2 ? cancelled('None', 'ConditionalCheckFailed') : undefined);
    expect(await changing(twice)).to.include({ title: 'new' });
    const always = () => cancelled('ConditionalCheckFailed', 'None');
    expect(await failureOf(changing(always))).to.be.instanceOf(TransientError);
    expect(tries).to.equal(5);
    for (const fault of [new Error('gone'), cancelled('None', 'TransactionConflict')])
      expect(await failureOf(changing(() => fault))).to.equal(fault);
  });
});
