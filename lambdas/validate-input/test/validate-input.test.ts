import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { updateOf } from '@goal-activity/core/aws/update.ts';
import { EXECUTION } from '@goal-activity/core/execution/records.ts';
import { GOAL } from '@goal-activity/core/goal/rows.ts';
import { createMemoryLog } from '@goal-activity/core/log/logger.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import type { GivenExecution } from '../../../test/support/stack/goal.ts';
import { callOn } from '../../core/test/support/call-handler.ts';
import { useTables } from '../../core/test/support/tables.ts';
import { type Input, validateInput } from '../src/validate-input.ts';

const inputOf = ({ executionArn, goalId, userId, record }: GivenExecution): Input => ({
  executionArn,
  goalId,
  userId,
  actionIds: record.actionIds,
});

describe('validateInput', () => {
  const { db, executions, givenExecution } = useTables();
  const validate = (input: Input) => validateInput(executions, input, createMemoryLog().log);
  const recordOf = (executionArn: string) => executions.get(executionArn);

  it('confirms the execution that its goal was claimed for, which goes on to its next state', async () => {
    const input = inputOf(await givenExecution({ confirmed: false }));
    const { executionArn, goalId, actionIds } = input;
    const { answer, lines } = await callOn(db, 'validate-input', input);
    expect(answer).to.deep.equal({ executionArn, goalId, actionIds });
    const confirmed = await recordOf(executionArn);
    expect(confirmed).to.include({ currentState: 'GetActions' });
    expect(confirmed?.confirmedAt).to.be.a('string');
    expect(lines.map(({ message }) => message)).to.deep.equal(['step started', 'state entered', 'step ended']);
  });

  it('answers the same when it comes late or again, and takes nothing back', async () => {
    const input = inputOf(await givenExecution({ confirmed: false }));
    const output = await validate(input);
    for (const currentState of ['GetActions', 'ProcessBatches']) {
      await executions.changeOpen(input.executionArn, { currentState });
      const before = await recordOf(input.executionArn);
      expect(await validate(input)).to.deep.equal(output);
      expect(await recordOf(input.executionArn)).to.deep.equal(before);
    }
  });

  for (const [what, table, set, words] of [
    ['has no record of this goal', 'executions', { goalId: 'other' }, 'no record'],
    ['has no record of this user', 'executions', { userId: 'other' }, 'no record'],
    ['has other actions', 'executions', { actionIds: ['other'] }, 'not those of the claim'],
    ["has someone else's goal", 'goals', { userId: 'other' }, 'not belong to this user'],
    ['has a goal that is free', 'goals', { status: 'draft' }, 'not claimed'],
    ['has a goal of another execution', 'goals', { executionArn: 'arn:aws:states:x:1:e' }, 'not claimed'],
    ['is being cancelled', 'executions', { cancelRequestedAt: new Date().toISOString() }, 'cancelled or had ended'],
  ] as const) {
    it(`says which of its checks refused an execution that ${what}, and confirms nothing then`, async () => {
      const input = inputOf(await givenExecution({ confirmed: false }));
      const { executionArn, goalId } = input;
      const Key = table === 'goals' ? { goalId, sk: GOAL } : { executionArn, sk: EXECUTION };
      await db.client.send(new UpdateCommand(updateOf({ TableName: db[table], Key, set })));
      const failure = await failureOf(validate(input));
      expect(failure).to.include({ name: 'ValidationError' });
      expect(failure.message).to.contain(words);
      expect(await recordOf(executionArn)).not.to.have.property('confirmedAt');
    });
  }

  it('refuses an execution that nobody claimed (rule 5)', async () => {
    const input = inputOf(await givenExecution({ confirmed: false }));
    const failure = await failureOf(validate({ ...input, executionArn: `${input.executionArn}0` }));
    expect(failure).to.include({ name: 'ValidationError' });
  });
});
