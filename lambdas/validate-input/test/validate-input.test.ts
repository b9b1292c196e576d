import type { Database } from '@goal-activity/core/aws/database.ts';
import { enterState, getExecution, updateOpenExecution } from '@goal-activity/core/execution/executions.ts';
import { getGoal } from '@goal-activity/core/goal/goals.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { settle } from '@goal-activity/core/workflow/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { useDatabase } from '../../../test/support/stack/database.ts';
import { type GivenExecution, givenExecution } from '../../../test/support/stack/goal.ts';
import { unnoticed } from '../../core/test/support/ends.ts';
import { type Collaborators, type Input, validateInput } from '../src/validate-input.ts';

const given = (db: Database): Collaborators => ({
  getGoal: (goalId) => getGoal(db, goalId),
  getExecution: (executionArn) => getExecution(db, executionArn),
  confirm: (executionArn) =>
    enterState(db, createMemoryLog().log, executionArn, 'GetActions', { confirmedAt: new Date().toISOString() }),
});

const inputOf = ({ executionArn, goalId, userId, record }: GivenExecution): Input => ({
  executionArn,
  goalId,
  userId,
  actionIds: record.actionIds,
});

describe('validateInput', () => {
  const database = useDatabase();

  it('confirms the execution that its goal was claimed for', async () => {
    const db = database();
    const execution = await givenExecution(db, { confirmed: false });
    const output = await validateInput(inputOf(execution), given(db));
    expect(output).to.deep.equal({
      executionArn: execution.executionArn,
      goalId: execution.goalId,
      actionIds: execution.record.actionIds,
    });
    expect((await getExecution(db, execution.executionArn))?.confirmedAt).to.be.a('string');
  });

  it('answers the same when it comes late or again, and takes nothing back', async () => {
    const db = database();
    const execution = await givenExecution(db, { confirmed: false });
    const input = inputOf(execution);
    const output = await validateInput(input, given(db));
    for (const currentState of ['GetActions', 'ProcessBatches']) {
      await updateOpenExecution(db, execution.executionArn, { currentState });
      const before = await getExecution(db, execution.executionArn);
      expect(await validateInput(input, given(db))).to.deep.equal(output);
      expect(await getExecution(db, execution.executionArn)).to.deep.equal(before);
    }
  });

  it("refuses another user, other actions, another goal's execution and an execution nobody claimed (rule 5)", async () => {
    const db = database();
    const execution = await givenExecution(db, { confirmed: false });
    const other = await givenExecution(db);
    const input = inputOf(execution);
    const wrong: Input[] = [
      { ...input, userId: other.userId },
      { ...input, actionIds: other.record.actionIds },
      { ...input, goalId: other.goalId },
      { ...input, executionArn: other.executionArn },
      { ...input, executionArn: `${input.executionArn}0` },
    ];
    for (const each of wrong)
      expect((await failureOf(validateInput(each, given(db)))).name).to.equal('ValidationError');
    expect(await getExecution(db, execution.executionArn)).not.to.have.property('confirmedAt');
  });

  it('refuses an execution that was cancelled or settled before it began', async () => {
    const db = database();
    const cancelled = await givenExecution(db);
    await updateOpenExecution(db, cancelled.executionArn, { cancelRequestedAt: new Date().toISOString() });
    const settled = await givenExecution(db);
    await settle(db, settled.executionArn, { status: 'ABORTED', notify: 'pending' }, new Date(), unnoticed);
    for (const execution of [cancelled, settled]) {
      expect((await failureOf(validateInput(inputOf(execution), given(db)))).name).to.equal('ValidationError');
    }
  });

  it('says which of its checks refused, and confirms nothing then', async () => {
    const db = database();
    const execution = await givenExecution(db, { confirmed: false });
    const goal = await getGoal(db, execution.goalId);
    if (goal === undefined) throw new Error('no goal');
    const input = inputOf(execution);
    const own = given(db);
    const refusals: [string, Partial<Collaborators>][] = [
      ['no record', { getExecution: async () => undefined }],
      ['no record', { getExecution: async () => ({ ...execution.record, goalId: 'other' }) }],
      ['no record', { getExecution: async () => ({ ...execution.record, userId: 'other' }) }],
      ['not belong to this user', { getGoal: async () => undefined }],
      ['not belong to this user', { getGoal: async () => ({ ...goal, userId: 'other' }) }],
      ['not claimed', { getGoal: async () => ({ ...goal, status: 'draft' }) }],
      ['not claimed', { getGoal: async () => ({ ...goal, executionArn: `${input.executionArn}0` }) }],
      ['not those of the claim', { getExecution: async () => ({ ...execution.record, actionIds: ['other'] }) }],
    ];
    for (const [words, changes] of refusals) {
      const failure = await failureOf(validateInput(input, { ...own, ...changes }));
      expect(failure).to.include({ name: 'ValidationError' });
      expect(failure.message).to.contain(words);
    }
    expect(await getExecution(db, execution.executionArn)).not.to.have.property('confirmedAt');
    const cancelRequestedAt = new Date().toISOString();
    const confirm = async (executionArn: string) => {
      await updateOpenExecution(db, executionArn, { cancelRequestedAt });
      return false;
    };
    const late = await failureOf(validateInput(input, { ...own, confirm }));
    expect(late.message).to.contain('cancelled or had ended');
  });
});
