import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import {
  type GivenExecution,
  givenExecution,
  givenGoal,
  STATE_MACHINE_ARN,
} from '../../../../test/support/stack/goal.ts';
import { executionArnFor } from '../../src/aws/execution-arn.ts';
import { claim, claimItems, isForClaim, newExecution, nextExecutionName, unclaim } from '../../src/execution/claim.ts';
import { getGoal, listActions } from '../../src/goal/rows.ts';
import { cancelled, failing } from '../support/failing.ts';
import { executionRow } from '../support/rows.ts';

describe('claim', () => {
  const db = useDatabase();
  const executions = executionsOf(db);

  async function given() {
    const { goalId } = await givenGoal(db, 2);
    const [goal, actions] = [await getGoal(db, goalId), await listActions(db, goalId)];
    if (goal === undefined) throw new Error('no goal');
    const record = newExecution(goal, actions, executionArnFor(STATE_MACHINE_ARN, nextExecutionName(goal)), new Date());
    return { goal, actions, record, claimOn: (on = db) => claim(executionsOf(on), goal, record, actions, 5) };
  }

  for (const [claimed, what, codes] of [
    ['changed', 'its goal was changed', ['ConditionalCheckFailed', 'None']],
    ['changed', 'its goal was changed and no slot is left', ['ConditionalCheckFailed', 'ConditionalCheckFailed']],
    ['full', 'no slot is left', ['None', 'ConditionalCheckFailed']],
    ['taken', 'its name is that of a record', ['None', 'None', 'ConditionalCheckFailed']],
    ['changed', 'all but its slot is gone', ['ConditionalCheckFailed', 'None', 'ConditionalCheckFailed']],
    ['full', 'no slot is left and others write to the goal', ['TransactionConflict', 'ConditionalCheckFailed']],
  ] as const) {
    it(`is ${claimed} when ${what}`, async () => {
      const { claimOn } = await given();
      expect(await claimOn(failing(db, () => cancelled(...codes)))).to.equal(claimed);
    });
  }

  it('passes on any other fault, and takes nothing', async () => {
    const { goal, claimOn } = await given();
    for (const fault of [new Error('gone'), cancelled('TransactionConflict', 'ThrottlingError')])
      expect(await failureOf(claimOn(failing(db, () => fault)))).to.equal(fault);
    expect(await getGoal(db, goal.goalId)).to.include({ status: 'draft', version: 1 });
  });

  it('is refused on a goal that was changed since it was read, though its execution name is free (rule 1)', async () => {
    const { goal, record, claimOn } = await given();
    expect(await claimOn()).to.equal('claimed');
    expect(await unclaim(executions, record)).to.equal(true);
    expect(await claimOn()).to.equal('changed');
    expect(await getGoal(db, goal.goalId)).to.include({ status: 'draft', attempt: 1, version: 3 });
  });

  it('is refused when its execution name is taken, though the goal is as it was read (rule 1)', async () => {
    const { goal, record, claimOn } = await given();
    // As after the table of goals was restored to a time before this execution.
    const earlier = { ...record, sk: 'EXECUTION', status: 'SUCCEEDED' };
    await db.client.send(new PutCommand({ TableName: db.executions, Item: earlier }));
    expect(await claimOn()).to.equal('taken');
    expect(await executions.get(record.executionArn)).to.include({ status: 'SUCCEEDED' });
    expect(await getGoal(db, goal.goalId)).to.deep.equal(goal);
  });

  it('keeps outcomes for ever when their execution is', async () => {
    const { goal, record, actions } = await given();
    const { expiresAt: _expiresAt, ...kept } = record;
    const items = claimItems(db, goal, kept, actions, 5);
    const outcomes = items.flatMap(({ Put }) => (Put?.Item?.outcome === 'PENDING' ? Put.Item : []));
    expect(outcomes).to.have.length(2);
    for (const outcome of outcomes) expect(outcome).not.to.have.property('expiresAt');
  });
});

describe('unclaim', () => {
  const db = useDatabase();
  const now = new Date();
  const executions = executionsOf(db, now);

  it('takes back record and outcomes, and gives the goal back as it was, but for the attempt', async () => {
    const { executionArn, goalId, record } = await givenExecution(db, { confirmed: false });
    expect(await unclaim(executions, record)).to.equal(true);
    expect(await executions.read(executionArn)).to.deep.equal({ record: undefined, outcomes: [] });
    const goal = await getGoal(db, goalId);
    expect(goal).to.include({ status: 'draft', attempt: 1, version: 3, updatedAt: now.toISOString() });
    expect(goal).not.to.have.property('executionArn');
    expect(await unclaim(executions, record)).to.equal(false);
  });

  it('leaves an execution that has begun, that is being cancelled, or that has ended', async () => {
    const expectKept = async ({ executionArn, goalId, record }: GivenExecution, status: string) => {
      expect(await unclaim(executions, record)).to.equal(false);
      const kept = await executions.read(executionArn);
      expect(kept).to.have.nested.property('record.goalId', goalId);
      expect(kept.outcomes).to.have.length(record.totalActions);
      expect(await getGoal(db, goalId)).to.include({ status });
    };
    await expectKept(await givenExecution(db), 'processing');
    const cancelled = { cancelRequestedAt: now.toISOString() };
    await expectKept(await givenExecution(db, { confirmed: false, cancelled }), 'processing');
    const ended = { status: 'ABORTED', notify: 'machine' } as const;
    await expectKept(await givenExecution(db, { confirmed: false, ended }), 'failed');
  });

  it('leaves one that others changed in that moment, and passes any other fault on', async () => {
    const { record } = await givenExecution(db, { confirmed: false });
    const refusing = (fault: Error) =>
      unclaim(executionsOf(failing(db, (command) => (command === 'TransactWriteCommand' ? fault : undefined))), record);
    for (const codes of [['ConditionalCheckFailed'], ['TransactionConflict', 'ConditionalCheckFailed']])
      expect(await refusing(cancelled(...codes))).to.equal(false);
    for (const fault of [new Error('gone'), cancelled('TransactionConflict', 'ThrottlingError')])
      expect(await failureOf(refusing(fault))).to.equal(fault);
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
