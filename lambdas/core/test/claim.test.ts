import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { failureOf } from '../../../test/support/failure.ts';
import { givenGoal, STATE_MACHINE_ARN } from '../../../test/support/goal.ts';
import { claim, claimRequest, newExecution, nextExecutionName } from '../src/claim.ts';
import type { Database } from '../src/database.ts';
import { executionArnFor } from '../src/execution-arn.ts';
import { getGoal, listActions } from '../src/goals.ts';
import { cancelled, failing } from './failing.ts';

describe('claim', () => {
  const database = useDatabase();

  async function given(db: Database) {
    const { goalId } = await givenGoal(db, 2);
    const [goal, actions] = [await getGoal(db, goalId), await listActions(db, goalId)];
    if (goal === undefined) throw new Error('no goal');
    const record = newExecution(goal, actions, executionArnFor(STATE_MACHINE_ARN, nextExecutionName(goal)), new Date());
    return { goal, actions, record };
  }

  for (const [what, codes, claimed] of [
    ['its goal was changed', ['ConditionalCheckFailed', 'None'], 'changed'],
    ['its goal was changed and no slot is left', ['ConditionalCheckFailed', 'ConditionalCheckFailed'], 'changed'],
    ['no slot is left', ['None', 'ConditionalCheckFailed'], 'full'],
    ['others write to the goal', ['TransactionConflict', 'None'], 'changed'],
    ['others write to the slots', ['None', 'TransactionConflict'], 'changed'],
    ['the execution is there', ['None', 'None', 'ConditionalCheckFailed'], 'changed'],
  ] as const) {
    it(`is ${claimed} when ${what}`, async () => {
      const db = database();
      const { goal, record, actions } = await given(db);
      const refusing = failing(db, () => cancelled(...codes));
      expect(await claim(refusing, goal, record, actions, 5)).to.equal(claimed);
    });
  }

  it('passes on any other fault, and takes nothing', async () => {
    const db = database();
    const { goal, record, actions } = await given(db);
    for (const fault of [new Error('gone'), cancelled('None', 'ThrottlingError')]) {
      const claiming = claim(
        failing(db, () => fault),
        goal,
        record,
        actions,
        5,
      );
      expect(await failureOf(claiming)).to.equal(fault);
    }
    expect(await getGoal(db, goal.goalId)).to.include({ status: 'draft', version: 1 });
  });

  it('keeps outcomes for ever when their execution is', async () => {
    const db = database();
    const { goal, record, actions } = await given(db);
    const { expiresAt: _expiresAt, ...kept } = record;
    const { TransactItems = [] } = claimRequest(db, goal, kept, actions, 5);
    const outcomes = TransactItems.flatMap(({ Put }) => (Put?.Item?.outcome === 'PENDING' ? Put.Item : []));
    expect(outcomes).to.have.length(2);
    for (const outcome of outcomes) expect(outcome).not.to.have.property('expiresAt');
  });
});
