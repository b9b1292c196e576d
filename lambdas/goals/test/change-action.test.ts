import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
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
    const now = new Date(Date.now() + 1_000);
    await changeAction(db, { ...of, actionId }, { description: 'Slowly' }, now);
    const actions = await listActions(db, of.goalId);
    expect(actions.map(({ title, description }) => [title, description])).to.deep.equal([
      ['Action 1', ''],
      ['Walk', 'Slowly'],
    ]);
    expect(await getGoal(db, of.goalId)).to.include({ version: 3, status: 'draft', updatedAt: now.toISOString() });
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

  it('makes 60 changes that come at once, loses none and sends nobody away, as when each waited for all others', async () => {
    const of = await givenGoal(db, 30);
    const actions = await listActions(db, of.goalId);
    const texts = actions.map(({ actionId }, index) => ({ actionId, title: `New ${index}`, description: `${index}` }));
    await Promise.all(
      texts.flatMap(({ actionId, title, description }) =>
        [{ title }, { description }].map((changes) => change(of, actionId, changes)),
      ),
    );
    expect(await getGoal(db, of.goalId)).to.include({ version: 61 });
    for (const [index, changed] of (await listActions(db, of.goalId)).entries())
      expect(changed).to.include(texts[index]);
  });

  it('is refused by its conditions where another action is in its place, or an execution runs or ran: it may have made tasks', async () => {
    const { goalId } = await givenGoal(db, 1);
    const read = async () => {
      const [goal, [action]] = [await getGoal(db, goalId), await listActions(db, goalId)];
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
    const { executionArn } = await givenExecution(db, { goalId, saved: [0] });
    await refused({ goal, action });
    await refused(await read());
    await settle(executions, executionArn, { status: 'by outcome', notify: 'machine' });
    await refused({ goal, action });
    expect((await listActions(db, goalId))[0]).to.include({ title: 'Action 1' });
  });

  it('tries again on fresh data when the goal was changed, gives up as transient, and passes on any other fault', async () => {
    const of = await givenGoal(db, 1);
    const actionId = await idAt(of.goalId, 0);
    let tries = 0;
    const changing = (failureOfTry: (before: number) => Error | undefined) => {
      tries = 0;
      const on = failing(db, (command, before) => {
        if (command !== 'TransactWriteCommand') return undefined;
        tries += 1;
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
