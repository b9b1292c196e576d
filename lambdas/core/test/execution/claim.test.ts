import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenGoal, STATE_MACHINE_ARN } from '../../../../test/support/stack/goal.ts';
import type { Database } from '../../src/aws/database.ts';
import { executionArnFor } from '../../src/aws/execution-arn.ts';
import { claim, claimItems, isForClaim, newExecution, nextExecutionName } from '../../src/execution/claim.ts';
import { getGoal, listActions } from '../../src/goal/rows.ts';
import { cancelled, failing } from '../support/failing.ts';
import { executionRow } from '../support/rows.ts';

describe('claim', () => {
  const db = useDatabase();

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
    ['its name is that of a record', ['None', 'None', 'ConditionalCheckFailed'], 'taken'],
    [
      'its goal was changed and its name is taken',
      ['ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'],
      'changed',
    ],
    ['no slot is left and others write to the goal', ['TransactionConflict', 'ConditionalCheckFailed'], 'full'],
  ] as const) {
    it(`is ${claimed} when ${what}`, async () => {
      const { goal, record, actions } = await given(db);
      const refusing = failing(db, () => cancelled(...codes));
      expect(await claim(executionsOf(refusing), goal, record, actions, 5)).to.equal(claimed);
    });
  }

  it('passes on any other fault, and takes nothing', async () => {
    const { goal, record, actions } = await given(db);
    for (const fault of [new Error('gone'), cancelled('TransactionConflict', 'ThrottlingError')]) {
      const claiming = claim(executionsOf(failing(db, () => fault)), goal, record, actions, 5);
      expect(await failureOf(claiming)).to.equal(fault);
    }
    expect(await getGoal(db, goal.goalId)).to.include({ status: 'draft', version: 1 });
  });

  it('keeps outcomes for ever when their execution is', async () => {
    const { goal, record, actions } = await given(db);
    const { expiresAt: _expiresAt, ...kept } = record;
    const items = claimItems(db, goal, kept, actions, 5);
    const outcomes = items.flatMap(({ Put }) => (Put?.Item?.outcome === 'PENDING' ? Put.Item : []));
    expect(outcomes).to.have.length(2);
    for (const outcome of outcomes) expect(outcome).not.to.have.property('expiresAt');
  });
});

describe('isForClaim', () => {
  const claimedAt = Date.parse('2026-11-24T00:10:00.000Z');
  const record = executionRow({ startedAt: new Date(claimedAt).toISOString(), actionIds: ['a'] });
  const input = '{"goalId":"g","userId":"u","actionIds":["a"]}';
  const began = (milliseconds: number) => new Date(claimedAt + milliseconds);

  it('goes by the input, of one that runs and of one that has ended', () => {
    for (const status of ['RUNNING', 'SUCCEEDED']) {
      expect(isForClaim(record, { status, input, startedAt: began(1) })).to.equal(true);
      expect(isForClaim(record, { status, input: input.replace('"a"', '"b"'), startedAt: began(1) })).to.equal(false);
    }
  });

  it('goes by the start of one that has ended, give or take a minute between two clocks', () => {
    const ended = (milliseconds: number) =>
      isForClaim(record, { status: 'FAILED', input, startedAt: began(milliseconds) });
    expect([-3_600_000, -60_000, -59_999, 0, 3_600_000].map(ended)).to.deep.equal([false, false, true, true, true]);
    expect(isForClaim(record, { status: 'RUNNING', input, startedAt: began(-3_600_000) })).to.equal(true);
  });

  it('does not guess from what Step Functions leaves unsaid', () => {
    expect(isForClaim(record, { status: 'FAILED' })).to.equal(true);
    expect(isForClaim(record, { status: 'FAILED', startedAt: began(-60_000) })).to.equal(false);
  });
});
