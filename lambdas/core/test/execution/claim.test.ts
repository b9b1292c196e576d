import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { STATE_MACHINE_ARN } from '../../../../test/support/stack/goal.ts';
import { executionArnFor } from '../../src/aws/execution-arn.ts';
import { claim, isForClaim, newExecution, nextExecutionName, unclaim } from '../../src/execution/claim.ts';
import { cancelled, failing } from '../support/failing.ts';
import { executionRow } from '../support/rows.ts';
import { useTables } from '../support/tables.ts';

describe('claim', () => {
  const { db, executions, goalOf, actionsOf, givenGoal } = useTables();

  async function given() {
    const { goalId } = await givenGoal(2);
    const [goal, actions] = [await goalOf(goalId), await actionsOf(goalId)];
    if (goal === undefined) throw new Error('no goal');
    const record = newExecution(goal, actions, executionArnFor(STATE_MACHINE_ARN, nextExecutionName(goal)), new Date());
    return { goal, actions, record, claimOn: (on = db) => claim(executionsOf(on), goal, record, actions, 5) };
  }

  for (const [claimed, what, ...codes] of [
    ['changed', 'its goal was changed', 'ConditionalCheckFailed', 'None'],
    ['changed', 'its goal was changed and no slot is left', 'ConditionalCheckFailed', 'ConditionalCheckFailed'],
    ['full', 'no slot is left', 'None', 'ConditionalCheckFailed'],
    ['taken', 'its name is that of a record', 'None', 'None', 'ConditionalCheckFailed'],
    ['full', 'no slot is left and others write to the goal', 'TransactionConflict', 'ConditionalCheckFailed'],
  ]) {
    it(`is ${claimed} when ${what}`, async () => {
      const { claimOn } = await given();
      expect(await claimOn(failing(db, () => cancelled(...codes)))).to.equal(claimed);
    });
  }

  it('is refused on a goal that was changed since it was read, though its execution name is free (rule 1)', async () => {
    const { goal, record, claimOn } = await given();
    expect(await claimOn()).to.equal('claimed');
    expect(await unclaim(executions, record)).to.equal(true);
    expect(await claimOn()).to.equal('changed');
    expect(await goalOf(goal.goalId)).to.include({ status: 'draft', attempt: 1, version: 3 });
  });

  it('is refused when its execution name is taken, though the goal is as it was read (rule 1)', async () => {
    const { goal, record, claimOn } = await given();
    // As after the table of goals was restored to a time before this execution.
    const earlier = { ...record, sk: 'EXECUTION', status: 'SUCCEEDED' };
    await db.client.send(new PutCommand({ TableName: db.executions, Item: earlier }));
    expect(await claimOn()).to.equal('taken');
    expect(await executions.get(record.executionArn)).to.include({ status: 'SUCCEEDED' });
    expect(await goalOf(goal.goalId)).to.deep.equal(goal);
  });
});

describe('unclaim', () => {
  const { executionsAt, goalOf, givenExecution } = useTables();
  const now = new Date();
  const executions = executionsAt(now);

  it('takes back record and outcomes, and gives the goal back as it was, but for the attempt', async () => {
    const { executionArn, goalId, record } = await givenExecution({ confirmed: false });
    expect(await unclaim(executions, record)).to.equal(true);
    expect(await executions.read(executionArn)).to.deep.equal({ record: undefined, outcomes: [] });
    const goal = await goalOf(goalId);
    expect(goal).to.include({ status: 'draft', attempt: 1, version: 3, updatedAt: now.toISOString() });
    expect(goal).not.to.have.property('executionArn');
    expect(await unclaim(executions, record)).to.equal(false);
  });

  for (const [what, status, options] of [
    ['has begun', 'processing', {}],
    ['is being cancelled', 'processing', { confirmed: false, cancelled: { cancelRequestedAt: now.toISOString() } }],
    ['has ended', 'failed', { confirmed: false, ended: { status: 'ABORTED', notify: 'machine' } }],
  ] as const) {
    it(`leaves an execution that ${what}`, async () => {
      const { executionArn, goalId, record } = await givenExecution(options);
      expect(await unclaim(executions, record)).to.equal(false);
      const kept = await executions.read(executionArn);
      expect(kept).to.have.nested.property('record.goalId', goalId);
      expect(kept.outcomes).to.have.length(record.totalActions);
      expect(await goalOf(goalId)).to.include({ status });
    });
  }
});

describe('isForClaim', () => {
  const claimedAt = Date.parse('2026-11-24T00:10:00.000Z');
  const record = executionRow({ startedAt: new Date(claimedAt).toISOString(), actionIds: ['a'] });
  const input = '{"goalId":"g","userId":"u","actionIds":["a"]}';
  const [HOUR, MINUTE] = [3_600_000, 60_000];
  for (const [is, what, status, begun, given] of [
    [true, 'runs with its input', 'RUNNING', 1, input],
    [true, 'runs with its input, whenever it began', 'RUNNING', -HOUR, input],
    [false, 'runs with other input', 'RUNNING', 1, '{}'],
    [false, 'ended with other input', 'SUCCEEDED', 1, '{}'],
    [false, 'ended, and began a minute before the claim', 'FAILED', -MINUTE, input],
    [true, 'ended, and began before the claim, but for the difference of two clocks', 'FAILED', 1 - MINUTE, input],
    [true, 'ended, and began after the claim', 'FAILED', HOUR, input],
    [true, 'ended, and nobody knows more', 'FAILED', undefined, undefined],
    [false, 'ended, began a minute before the claim, and nobody knows with which input', 'FAILED', -MINUTE, undefined],
  ] as const) {
    it(`is ${is} of an execution that ${what}`, () => {
      const startedAt = begun === undefined ? undefined : new Date(claimedAt + begun);
      expect(isForClaim(record, { status, input: given, startedAt })).to.equal(is);
    });
  }
});
